import { announce } from "../../announce";
import type { Webhook } from "../../api";
import { deleteWebhook } from "../../api";
import { Dialog } from "../../components/dialog";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useSubmit } from "../../use_submit";

interface Props {
  organization: string;
  webhook: Webhook;
  onClose: () => void;
  onDeleted: () => void;
}

export function DeleteDialog({ organization, webhook, onClose, onDeleted }: Props) {
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      await deleteWebhook(organization, webhook.id);
      announce("The webhook is deleted");
      onClose();
      onDeleted();
    });
  return (
    <Dialog title="Delete the webhook" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {submit.problem && <ProblemNote problem={submit.problem} />}
        <p>
          <strong class="recipient">{webhook.url}</strong> is told of nothing from then on, nor of
          what still waits. Its secret and the list of its deliveries are gone.
        </p>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose} data-autofocus>
            Keep it
          </button>
          <SubmitButton pending={submit.pending}>Delete</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
