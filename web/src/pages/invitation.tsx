// The page of an invitation link: join with a new or an existing account.
import { useState } from "preact/hooks";
import type { Invitation as Invited, Session } from "../api";
import { acceptInvitation, getInvitation } from "../api";
import { Field } from "../components/field";
import { ProblemNote } from "../components/notes";
import { Skeleton } from "../components/skeleton";
import { SubmitButton } from "../components/submit_button";
import { Alone, useTitle } from "../layout/shell";
import { Link, navigate } from "../router";
import { homeOf, homeOfOrganization, useSession } from "../session";
import { useResource } from "../use_resource";
import { useSubmit } from "../use_submit";
import { asRole } from "./members/role_words";

export function Invitation({ token }: { token: string }) {
  useTitle("Invitation");
  const read = useResource(token, (signal) => getInvitation(token, signal), token);
  if (read.problem)
    return (
      <Alone>
        <h1>The invitation cannot be opened</h1>
        <ProblemNote
          problem={read.problem}
          retry={read.problem.status === 404 ? undefined : read.reload}
        />
        <p class="alone-foot">
          <Link href="/">Go to Tenure</Link>
        </p>
      </Alone>
    );
  return (
    <Alone>
      {read.data ? <Offer token={token} invited={read.data} /> : <Skeleton rows={3} />}
    </Alone>
  );
}

/** The organization that the session did not have before. */
function goInto(answer: Session, before: Session | null): void {
  const known = before?.organizations.map(({ id }) => id) ?? [];
  const joined = answer.organizations.find(({ id }) => !known.includes(id));
  navigate(joined ? homeOfOrganization(joined) : homeOf(answer), true);
}

function Offer({ token, invited }: { token: string; invited: Invited }) {
  const { session, set } = useSession();
  const submit = useSubmit();
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const other = session !== null && session.user.email !== invited.email;
  const send = () =>
    submit.run(async () => {
      const answer = await acceptInvitation(token, session ? {} : { password, name: name.trim() });
      set(answer);
      goInto(answer, session);
    });
  const problem = submit.besides("password", "name");
  return (
    <>
      <h1>Join {invited.organization}</h1>
      <p>
        {invited.invited_by} invites <strong>{invited.email}</strong> as {asRole(invited.role)}.
      </p>
      {other ? (
        <SomebodyElse email={session.user.email} />
      ) : !session && invited.known ? (
        <>
          <p>An account with this e-mail address exists.</p>
          <p>
            <Link
              role="button"
              href={`/sign-in?next=${encodeURIComponent(`/invitations/${token}`)}`}
            >
              Sign in to accept
            </Link>
          </p>
        </>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          {problem && <ProblemNote problem={problem} />}
          {!session && (
            <>
              <input type="hidden" name="email" autocomplete="username" value={invited.email} />
              <Field
                label="Your name"
                optional
                name="name"
                autocomplete="name"
                autofocus
                value={name}
                onValue={setName}
                error={submit.at("name")}
              />
              <Field
                label="Password"
                type="password"
                name="password"
                autocomplete="new-password"
                hint="At least 10 characters, such as four words."
                value={password}
                onValue={setPassword}
                error={submit.at("password")}
              />
            </>
          )}
          <SubmitButton pending={submit.pending}>Join</SubmitButton>
        </form>
      )}
    </>
  );
}

function SomebodyElse({ email }: { email: string }) {
  const { leave } = useSession();
  const submit = useSubmit();
  return (
    <>
      {submit.problem && <ProblemNote problem={submit.problem} />}
      <p>You are signed in as {email}. Sign out to accept the invitation.</p>
      <button type="button" onClick={() => void submit.run(leave)}>
        Sign out
      </button>
    </>
  );
}
