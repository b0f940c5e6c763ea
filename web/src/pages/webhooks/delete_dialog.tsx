// Deleting a webhook, with the effect.
import { announce } from "../../announce";
import type { Webhook } from "../../api";
import { deleteWebhook } from "../../api";
import { ConfirmDialog } from "../../components/confirm_dialog";

interface Props {
  organization: string;
  webhook: Webhook;
  onClose: () => void;
  onDeleted: () => void;
}

export function DeleteDialog({ organization, webhook, onClose, onDeleted }: Props) {
  const remove = async () => {
    await deleteWebhook(organization, webhook.id);
    announce("Webhook deleted");
    onClose();
    onDeleted();
  };
  return (
    <ConfirmDialog
      title="Delete the webhook"
      deed="Delete"
      away="Keep it"
      run={remove}
      onClose={onClose}
    >
      <p>
        <strong class="recipient">{webhook.url}</strong> gets no more messages, including
        those that still wait. Its secret and its list of deliveries are deleted.
      </p>
    </ConfirmDialog>
  );
}
