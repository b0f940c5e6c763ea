// Keyboard shortcuts of the page, and the dialog that lists them. People who type by voice can switch them off.
import { useEffect, useRef, useState } from "preact/hooks";
import { undoLast } from "./announce";
import { Dialog } from "./components/dialog";
import { navigate } from "./router";

const STORED = "tenure.keys";

function stored(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target instanceof HTMLInputElement && !/^(checkbox|radio|button)$/.test(target.type)));

const asked = new EventTarget();
/** The element with data-key is what "/" and "a" activate on a page. */
const press = (key: string) => {
  const element = document.querySelector<HTMLElement>(`[data-key="${key}"]`);
  if (element instanceof HTMLInputElement) element.select();
  else element?.click();
  return element !== null;
};

export const showKeys = () => asked.dispatchEvent(new Event("show"));

const KEYS = [
  ["g l", "License Manager"],
  ["/", "Search"],
  ["a", "Add an activation code"],
  ["z", "Undo the last action"],
  ["Alt ↑", "Move a waiting license forward"],
  ["Alt ↓", "Move a waiting license back"],
  ["?", "Show this list"],
  ["Esc", "Close the dialog or panel"],
] as const;

export function Keys({ licenses }: { licenses: string | null }) {
  const [open, setOpen] = useState(false);
  const [on, setOn] = useState(stored);
  const before = useRef("");
  useEffect(() => {
    const show = () => setOpen(true);
    asked.addEventListener("show", show);
    return () => asked.removeEventListener("show", show);
  }, []);
  useEffect(() => {
    const type = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      const last = before.current;
      before.current = event.key;
      if (event.key === "?") setOpen(true);
      else if (!on) return;
      else if (event.key === "l" && last === "g" && licenses) navigate(licenses);
      else if (event.key === "z") undoLast();
      else if ((event.key === "/" || event.key === "a") && press(event.key)) event.preventDefault();
    };
    addEventListener("keydown", type);
    return () => removeEventListener("keydown", type);
  }, [on, licenses]);
  if (!open) return null;
  const keep = (wanted: boolean) => {
    setOn(wanted);
    try {
      localStorage.setItem(STORED, wanted ? "on" : "off");
    } catch {
      /* forgotten at the next load */
    }
  };
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => setOpen(false)}>
      <dl class="keys">
        {KEYS.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => keep(event.currentTarget.checked)}
        />
        <span>Use keyboard shortcuts on this device</span>
      </label>
    </Dialog>
  );
}
