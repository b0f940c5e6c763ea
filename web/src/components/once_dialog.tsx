// A link or a secret that is shown once, to be copied.
import type { ComponentChildren } from "preact";
import { CopyButton } from "./copy";
import { Dialog } from "./dialog";

interface Props {
  title: string;
  text: string;
  copy: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function OnceDialog({ title, text, copy, onClose, children }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <p class="link-whole">{text}</p>
      <div class="dialog-foot">
        <CopyButton text={text} label={copy} />
        <button type="button" onClick={onClose} data-autofocus>
          Done
        </button>
      </div>
    </Dialog>
  );
}
