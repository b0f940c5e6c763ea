// Keys for the whole page, and the dialog that lists them. They can be switched off for those whose voice types.
import { useEffect, useRef, useState } from "preact/hooks";
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
/** A page offers what "/" and "a" do there: the element with data-key. */
const press = (key: string) => {
  const element = document.querySelector<HTMLElement>(`[data-key="${key}"]`);
  if (element instanceof HTMLInputElement) element.select();
  else element?.click();
  return element !== null;
};

export const showKeys = () => asked.dispatchEvent(new Event("show"));

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
    <Dialog title="Keys" onClose={() => setOpen(false)}>
      <dl class="keys">
        <div>
          <dt>
            <kbd>g</kbd> <kbd>l</kbd>
          </dt>
          <dd>License Manager</dd>
        </div>
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>Search</dd>
        </div>
        <div>
          <dt>
            <kbd>a</kbd>
          </dt>
          <dd>Add an activation code</dd>
        </div>
        <div>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>This list</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Close what is open</dd>
        </div>
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => keep(event.currentTarget.checked)}
        />
        <span>Use keys on this device</span>
      </label>
    </Dialog>
  );
}
