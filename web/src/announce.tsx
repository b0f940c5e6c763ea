// One line at the foot of the page that says what has just happened, aloud too (aria-live).
import { useEffect, useState } from "preact/hooks";

const spoken = new EventTarget();

export function announce(words: string): void {
  spoken.dispatchEvent(new CustomEvent("say", { detail: words }));
}

export function Announcer() {
  const [words, setWords] = useState("");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = (event: Event) => {
      setWords((event as CustomEvent<string>).detail);
      clearTimeout(timer);
      timer = setTimeout(() => setWords(""), 7000);
    };
    spoken.addEventListener("say", say);
    return () => {
      clearTimeout(timer);
      spoken.removeEventListener("say", say);
    };
  }, []);
  return (
    <div class="announcer" role="status" aria-live="polite">
      {words && <p>{words}</p>}
    </div>
  );
}
