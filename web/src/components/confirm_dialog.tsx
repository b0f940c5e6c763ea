// A question before something is done: what it does stands inside.
import type { ComponentChildren } from "preact";
import { useSubmit } from "../use_submit";
import { FormDialog } from "./form_dialog";

interface Props {
  title: string;
  deed: string;
  away?: string;
  /** Does it, and closes the dialog; why it did not work is said here. */
  run: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

export function ConfirmDialog({ run, ...rest }: Props) {
  const submit = useSubmit();
  return <FormDialog {...rest} confirms submit={submit} onSend={() => void submit.run(run)} />;
}
