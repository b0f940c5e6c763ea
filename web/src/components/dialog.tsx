// A modal dialog: the browser keeps the focus inside and gives it back. Esc closes it and nothing else. A click
// beside it closes it as long as nothing was typed into it.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon";

interface Props {
  title: string;
  wide?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

/** A field may hold what was typed when the dialog was open before. */
function holdsText(dialog: HTMLDialogElement): boolean {
  const fields = dialog.querySelectorAll<HTMLInputElement>(
    "textarea, input:not([type=checkbox], [type=radio], [type=number])",
  );
  return [...fields].some(({ value }) => value !== "");
}

export function Dialog({ title, wide, onClose, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const typed = useRef(false);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = box.current!;
    const opener = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      if (dialog.open) dialog.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation(); // the panel around it stays open
        onClose();
      }}
      onCancel={(event) => {
        if (event.target !== box.current) return; // of a file chooser inside
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.stopPropagation()}
      onInput={() => {
        typed.current = true;
      }}
      onMouseDown={(event) => {
        if (event.target === box.current && !typed.current && !holdsText(box.current!)) onClose();
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="quiet icon-only" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
