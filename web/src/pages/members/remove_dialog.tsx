// Removing a member, or withdrawing an invitation: first what that does.
import { announce } from "../../announce";
import type { Person } from "../../api";
import { removePerson } from "../../api";
import { Dialog } from "../../components/dialog";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useSubmit } from "../../use_submit";

interface Props {
  organization: { id: string; name: string };
  person: Person;
  self: boolean;
  onClose: () => void;
  onRemoved: () => void;
}

export function RemoveDialog({ organization, person, self, onClose, onRemoved }: Props) {
  const submit = useSubmit();
  const invited = person.state === "invited";
  const send = () =>
    submit.run(async () => {
      await removePerson(organization.id, person.user_id);
      announce(`${person.email} ${invited ? "is not invited any more" : "is removed"}`);
      onClose();
      onRemoved();
    });
  return (
    <Dialog title={invited ? "Withdraw the invitation" : "Remove the member"} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {submit.problem && <ProblemNote problem={submit.problem} />}
        {invited ? (
          <p>
            The link sent to <strong>{person.email}</strong> stops working.
          </p>
        ) : (
          <p>
            <strong>{self ? "You" : person.email}</strong> {self ? "see" : "sees"} nothing of{" "}
            {organization.name} from then on, and {self ? "get" : "gets"} no more notices. What{" "}
            {self ? "you" : "they"} did stays in the audit log.
          </p>
        )}
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>{invited ? "Withdraw" : "Remove"}</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
