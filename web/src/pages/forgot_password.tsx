// For users who forgot their password: a link by e-mail.
import { useState } from "preact/hooks";
import { askForReset, canSendResets } from "../api";
import { Field } from "../components/field";
import { ProblemNote } from "../components/notes";
import { Skeleton } from "../components/skeleton";
import { SubmitButton } from "../components/submit_button";
import { Alone, useTitle } from "../layout/shell";
import { Link } from "../router";
import { useResource } from "../use_resource";
import { useSubmit } from "../use_submit";

export function ForgotPassword() {
  useTitle("Forgot password");
  const read = useResource("", canSendResets);
  return (
    <Alone>
      <h1>Forgot your password</h1>
      {read.problem && <ProblemNote problem={read.problem} retry={read.reload} />}
      {!read.data && !read.problem && <Skeleton rows={2} />}
      {read.data && (read.data.by_mail ? <Ask /> : <NoMail />)}
      <p class="alone-foot">
        <Link href="/sign-in">Back to sign in</Link>
      </p>
    </Alone>
  );
}

const NoMail = () => (
  <p>
    This server does not send e-mail, so it cannot send you a link. Ask the person who runs it
    to set up a mail relay, or ask an administrator of your organization to invite another
    address of yours.
  </p>
);

function Ask() {
  const [email, setEmail] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      await askForReset(email.trim());
      setAsked(email.trim());
    });
  const problem = submit.besides("email");
  return (
    <>
      <div aria-live="polite">
        {asked && (
          <p class="note">
            If {asked} has an account, a link is on its way or already in the mailbox. It works
            once, for an hour.
          </p>
        )}
      </div>
      {!asked && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          {problem && <ProblemNote problem={problem} />}
          <Field
            label="E-mail"
            type="email"
            name="email"
            autocomplete="username"
            autofocus
            hint="The link for a new password is sent to this address."
            value={email}
            onValue={setEmail}
            error={submit.at("email")}
          />
          <SubmitButton pending={submit.pending}>Send the link</SubmitButton>
        </form>
      )}
    </>
  );
}
