// Inviting a member: address and role; and the link if the server sends no e-mail.
import { useState } from "preact/hooks";
import { announce } from "../../announce";
import type { Person, Role } from "../../api";
import { invite } from "../../api";
import { Field } from "../../components/field";
import { FormDialog } from "../../components/form_dialog";
import { OnceDialog } from "../../components/once_dialog";
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
  if (invited?.link)
    return (
      <OnceDialog
        title="Pass on the link"
        text={invited.link}
        copy="Copy the link"
        onClose={onClose}
      >
        This server does not send e-mail. Give this link to{" "}
        <strong>{invited.email}</strong>. It works once, for 7 days, and is shown only once.
      </OnceDialog>
    );
  return (
    <FormDialog
      title={again ? "Invite again" : "Invite a member"}
      deed="Invite"
      submit={submit}
      problem={submit.besides("email")}
      onSend={() => void send()}
      onClose={onClose}
    >
      {again && <p>The earlier link stops working. The new one works for 7 days.</p>}
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
    </FormDialog>
  );
}
