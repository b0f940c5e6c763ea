import { useState } from "preact/hooks";
import { signIn } from "../api";
import { Field } from "../components/field";
import { ProblemNote } from "../components/notes";
import { SubmitButton } from "../components/submit_button";
import { Alone, useTitle } from "../layout/shell";
import { Link, navigate, Redirect, usePlace } from "../router";
import { homeOf, useSession } from "../session";
import { useSubmit } from "../use_submit";

/** Only an address of this server: the query may come from anywhere. */
function safeNext(next: string | null): string | null {
  return next && /^\/(?![/\\])/.test(next) ? next : null;
}

export function SignIn() {
  useTitle("Sign in");
  const { session, ended, set } = useSession();
  const next = safeNext(usePlace().query.get("next"));
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = useSubmit();
  if (session) return <Redirect to={next ?? homeOf(session)} />;
  const send = () =>
    submit.run(async () => {
      const answer = await signIn(email.trim(), password);
      set(answer);
      navigate(next ?? homeOf(answer), true);
    });
  const problem = submit.besides("email", "password");
  return (
    <Alone>
      <h1>Sign in</h1>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {ended && !problem && (
          <p class="note" role="status">
            Your session has ended. Sign in to continue where you were.
          </p>
        )}
        {problem && <ProblemNote problem={problem} />}
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
          autocomplete="current-password"
          value={password}
          onValue={setPassword}
          error={submit.at("password")}
        />
        <SubmitButton pending={submit.pending}>Sign in</SubmitButton>
      </form>
      <p class="alone-foot">
        <Link href="/forgot-password">Forgot your password?</Link>
      </p>
      <p class="alone-foot">
        New here? <Link href="/start">I have an activation code</Link>
      </p>
    </Alone>
  );
}
