// Inviting somebody: whom, as what; and the link where no mail goes out.
import { useState } from "preact/hooks";
import { announce } from "../../announce";
import type { Person, Role } from "../../api";
import { invite } from "../../api";
import { CopyButton } from "../../components/copy";
import { Dialog } from "../../components/dialog";
import { Field } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useSubmit } from "../../use_submit";
import { RoleChoice } from "./role_choice";

interface Props {
  organization: string;
  /** Invited before: the older link stops. */
  again?: Person;
  onClose: () => void;
  onInvited: () => void;
}

export function InviteDialog({ organization, again, onClose, onInvited }: Props) {
  const [email, setEmail] = useState(again?.email ?? "");
  const [role, setRole] = useState<Role>(again?.role ?? "analyst");
  const [invited, setInvited] = useState<Person | null>(null);
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      const answer = await invite(organization, email.trim(), role);
      onInvited();
      if (answer.link) return setInvited(answer);
      announce(`The invitation is on its way to ${answer.email}`);
      onClose();
    });
  if (invited?.link) return <LinkDialog person={invited} link={invited.link} onClose={onClose} />;
  const problem = submit.besides("email");
  return (
    <Dialog title={again ? "Invite again" : "Invite a member"} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {problem && <ProblemNote problem={problem} />}
        {again && <p>The link sent before stops, a new one lasts 7 days.</p>}
        <Field
          label="E-mail"
          type="email"
          autocomplete="off"
          autofocus
          value={email}
          onValue={setEmail}
          error={submit.at("email")}
        />
        <RoleChoice value={role} onChoose={setRole} />
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Invite</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}

interface LinkProps {
  person: Person;
  link: string;
  onClose: () => void;
}

function LinkDialog({ person, link, onClose }: LinkProps) {
  return (
    <Dialog title="Pass the link on" onClose={onClose}>
      <p>
        This server sends no mail. Give this link to <strong>{person.email}</strong>: it works once,
        for 7 days, and is shown this once.
      </p>
      <p class="link-whole">{link}</p>
      <div class="dialog-foot">
        <CopyButton text={link} label="Copy the link" />
        <button type="button" onClick={onClose} data-autofocus>
          Done
        </button>
      </div>
    </Dialog>
  );
}
