// The page of a link for a new password.
import { useState } from "preact/hooks";
import { getReset, resetPassword } from "../api";
import { Field } from "../components/field";
import { ProblemNote } from "../components/notes";
import { Skeleton } from "../components/skeleton";
import { SubmitButton } from "../components/submit_button";
import { Alone, useTitle } from "../layout/shell";
import { Link, navigate } from "../router";
import { homeOf, useSession } from "../session";
import { useResource } from "../use_resource";
import { useSubmit } from "../use_submit";

export function PasswordReset({ token }: { token: string }) {
  useTitle("New password");
  const { set } = useSession();
  const [password, setPassword] = useState("");
  const submit = useSubmit();
  const read = useResource(token, (signal) => getReset(token, signal), token);
  const send = () =>
    submit.run(async () => {
      const answer = await resetPassword(token, password);
      set(answer);
      navigate(homeOf(answer), true);
    });
  const problem = read.problem ?? submit.besides("password");
  return (
    <Alone>
      <h1>Choose a new password</h1>
      {problem && (
        <ProblemNote problem={problem}>
          {problem.code === "reset_not_valid" && (
            <p>
              <Link href="/forgot-password">Ask for a new link</Link>
            </p>
          )}
        </ProblemNote>
      )}
      {!read.data && !read.problem && <Skeleton rows={2} />}
      {read.data && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <p>For {read.data.email}. It signs you out everywhere else.</p>
          <input type="hidden" name="email" autocomplete="username" value={read.data.email} />
          <Field
            label="New password"
            type="password"
            name="password"
            autocomplete="new-password"
            autofocus
            hint="At least 10 characters, such as four words."
            value={password}
            onValue={setPassword}
            error={submit.at("password")}
          />
          <SubmitButton pending={submit.pending}>Set the password</SubmitButton>
        </form>
      )}
    </Alone>
  );
}
