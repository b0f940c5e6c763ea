// One line at the foot of the page that announces an action, also aloud (aria-live), and offers to undo it.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./components/icon";
import { asProblem } from "./use_resource";

/** Undoes the action; its result is announced. */
export type Undo = () => Promise<string>;

interface Said {
  words: string;
  undo: Undo | null;
}

const SHOWN_MS = 7_000,
  SHOWN_WITH_UNDO_MS = 30_000;
const spoken = new EventTarget();

export function announce(words: string, undo: Undo | null = null): void {
  spoken.dispatchEvent(new CustomEvent<Said>("say", { detail: { words, undo } }));
}

/** Ends the announcement: what it could undo is not for the next user. */
export const hush = () =>
  spoken.dispatchEvent(new CustomEvent<Said | null>("say", { detail: null }));

const asked = new EventTarget();
/** Undoes the last announced action, if possible. */
export const undoLast = () => asked.dispatchEvent(new Event("undo"));

export function Announcer() {
  const [said, setSaid] = useState<Said | null>(null);
  const [held, setHeld] = useState(false); // while the pointer or the focus is on it, it stays
  const [busy, setBusy] = useState(false);
  const latest = useRef<Said | null>(null);
  latest.current = said;
  useEffect(() => {
    const say = (event: Event) => setSaid((event as CustomEvent<Said | null>).detail);
    spoken.addEventListener("say", say);
    return () => spoken.removeEventListener("say", say);
  }, []);
  useEffect(() => {
    if (!said || held || busy) return;
    const timer = setTimeout(() => setSaid(null), said.undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said, held, busy]);
  const undo = useCallback(async () => {
    const what = latest.current;
    if (!what?.undo) return;
    latest.current = null; // two presses act once
    setBusy(true);
    try {
      announce(await what.undo());
    } catch (error) {
      announce(`Not undone: ${asProblem(error).detail}`);
    } finally {
      setBusy(false);
      setHeld(false);
    }
  }, []);
  useEffect(() => {
    const start = () => void undo();
    asked.addEventListener("undo", start);
    return () => asked.removeEventListener("undo", start);
  }, [undo]);
  return (
    <div
      class="announcer"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusCapture={() => setHeld(true)}
      onBlurCapture={() => setHeld(false)}
    >
      <div class={said ? "said" : undefined}>
        <p role="status" aria-live="polite">
          {said?.words}
          {said?.undo && <span class="visually-hidden"> Press z to undo.</span>}
        </p>
        {said?.undo && (
          <>
            <button type="button" class="link" aria-busy={busy || undefined} onClick={undoLast}>
              Undo
            </button>
            <button
              type="button"
              class="quiet icon-only"
              aria-label="Close this message"
              onClick={() => setSaid(null)}
            >
              <Icon name="close" />
            </button>
          </>
        )}
      </div>
    </div>
  );
}
