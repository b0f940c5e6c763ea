// Copying to the clipboard, also on plain HTTP, where the browser does not offer its clipboard.
import { announce } from "../announce";
import { shortenKey } from "../code";
import { number } from "../format";
import { Icon } from "./icon";

async function copy(text: string, button: HTMLElement): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      /* not allowed: the old way */
    }
  }
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "visually-hidden";
  button.after(box); // beside the button, because a modal dialog keeps the focus inside
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  button.focus();
  return done;
}

async function copyAndSay(text: string, button: HTMLElement): Promise<void> {
  announce(
    (await copy(text, button)) ? `Copied ${text}` : `This browser does not allow copying: ${text}`,
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  return (
    <button
      type="button"
      class="secondary"
      onClick={(event) => void copyAndSay(text, event.currentTarget)}
    >
      <Icon name="copy" />
      {label}
    </button>
  );
}

interface KeyProps {
  value: string;
  assigned: number | null;
  quantity: number | null;
}

/** A key shortened, the number assigned from it in brackets; whole on focus, copied when pressed. */
export function CopyKey({ value, assigned, quantity }: KeyProps) {
  const of =
    assigned !== null && quantity !== null
      ? `, ${number(assigned)} of ${number(quantity)} assigned`
      : "";
  return (
    <button
      type="button"
      class="key"
      onClick={(event) => void copyAndSay(value, event.currentTarget)}
    >
      <span aria-hidden="true">
        {shortenKey(value)}
        {assigned !== null && ` (${number(assigned)})`}
      </span>
      <Icon name="copy" />
      <span class="visually-hidden">
        Copy the key {value}
        {of}
      </span>
      <span class="key-whole" aria-hidden="true">
        {value}
        {of}
      </span>
    </button>
  );
}
