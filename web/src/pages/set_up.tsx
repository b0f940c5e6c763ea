// The page of the link of the first start: it creates the first user, an operator.
import { useState } from "preact/hooks";
import { setUp } from "../api";
import { Field } from "../components/field";
import { ProblemNote } from "../components/notes";
import { SubmitButton } from "../components/submit_button";
import { Alone, useTitle } from "../layout/shell";
import { Link, navigate, Redirect } from "../router";
import { homeOf, useSession } from "../session";
import { useSubmit } from "../use_submit";

export function SetUp({ token }: { token: string }) {
  useTitle("Set up");
  const { session, set } = useSession();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = useSubmit();
  if (session) return <Redirect to={homeOf(session)} />;
  const send = () =>
    submit.run(async () => {
      const answer = await setUp(email.trim(), password, token);
      set(answer);
      navigate(homeOf(answer), true);
    });
  const problem = submit.besides("email", "password");
  return (
    <Alone>
      <h1>Create the first account</h1>
      <p class="faint">
        This is the account of the operator, who issues activation codes to customers.
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {problem && (
          <ProblemNote problem={problem}>
            {problem.code === "set_up_link_not_valid" && (
              <p>
                If there is an account already, <Link href="/sign-in">sign in</Link>.
              </p>
            )}
          </ProblemNote>
        )}
        <Field
          label="E-mail"
          type="email"
          name="email"
          autocomplete="username"
          autofocus
          value={email}
          onValue={setEmail}
          error={submit.at("email")}
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
        <SubmitButton pending={submit.pending}>Create account</SubmitButton>
      </form>
    </Alone>
  );
}
