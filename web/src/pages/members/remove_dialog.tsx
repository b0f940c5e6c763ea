// Removing a member or withdrawing an invitation, with the effect.
import { announce } from "../../announce";
import type { Person } from "../../api";
import { removePerson } from "../../api";
import { ConfirmDialog } from "../../components/confirm_dialog";

interface Props {
  organization: { id: string; name: string };
  person: Person;
  self: boolean;
  onClose: () => void;
  onRemoved: () => void;
}

export function RemoveDialog({ organization, person, self, onClose, onRemoved }: Props) {
  const invited = person.state === "invited";
  const remove = async () => {
    await removePerson(organization.id, person.user_id);
    announce(`${person.email} ${invited ? "is no longer invited" : "is removed"}`);
    onClose();
    onRemoved();
  };
  return (
    <ConfirmDialog
      title={invited ? "Withdraw the invitation" : "Remove the member"}
      deed={invited ? "Withdraw" : "Remove"}
      run={remove}
      onClose={onClose}
    >
      {invited ? (
        <p>
          The link sent to <strong>{person.email}</strong> stops working.
        </p>
      ) : (
        <p>
          <strong>{self ? "You" : person.email}</strong> {self ? "lose" : "loses"} access to{" "}
          {organization.name} and {self ? "get" : "gets"} no more notices.{" "}
          {self ? "Your" : "Their"} actions stay in the audit log.
        </p>
      )}
    </ConfirmDialog>
  );
}
