// A dialog with a form: the error, the fields, a button to cancel and one to act.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../api";
import type { Submit } from "../use_submit";
import { Dialog } from "./dialog";
import { ProblemNote } from "./notes";
import { SubmitButton } from "./submit_button";

interface Props {
  title: string;
  /** The label of the main button, a verb. */
  deed: string;
  /** The other button; it has the focus at first if there is no field. */
  away?: string;
  confirms?: boolean;
  submit: Submit;
  /** An error that belongs to no field. */
  problem?: Problem | null;
  onSend: () => void;
  onClose: () => void;
  children: ComponentChildren;
}

export function FormDialog({
  title,
  deed,
  away = "Cancel",
  confirms,
  submit,
  problem = submit.problem,
  onSend,
  onClose,
  children,
}: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0 && !submit.pending)
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries, submit.pending]);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSend();
          setTries(tries + 1);
        }}
      >
        {problem && <ProblemNote problem={problem} />}
        {children}
        <div class="dialog-foot">
          <button
            type="button"
            class="secondary"
            onClick={onClose}
            data-autofocus={confirms || undefined}
          >
            {away}
          </button>
          <SubmitButton pending={submit.pending}>{deed}</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
