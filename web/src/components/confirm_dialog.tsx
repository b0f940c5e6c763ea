// A question before an action; its content describes the effect.
import type { ComponentChildren } from "preact";
import { useSubmit } from "../use_submit";
import { FormDialog } from "./form_dialog";

interface Props {
  title: string;
  deed: string;
  away?: string;
  /** Acts and closes the dialog; a failure is shown in it. */
  run: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

export function ConfirmDialog({ run, ...rest }: Props) {
  const submit = useSubmit();
  return <FormDialog {...rest} confirms submit={submit} onSend={() => void submit.run(run)} />;
}
