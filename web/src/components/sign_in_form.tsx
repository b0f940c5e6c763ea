// E-mail and password: on the sign-in page, and over a page whose session has ended.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Session } from "../api";
import { signIn } from "../api";
import { useDraft } from "../drafts";
import { useSubmit } from "../use_submit";
import { Field } from "./field";
import { ProblemNote } from "./notes";
import { SubmitButton } from "./submit_button";

interface Props {
  /** The address to begin with: the password comes next. */
  email?: string;
  /** Shown until the first failure. */
  note: ComponentChildren;
  onSession: (session: Session) => void;
}

export function SignInForm({ email: first = "", note, onSession }: Props) {
  const email = useDraft("sign-in e-mail", first);
  const [password, setPassword] = useState("");
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      const session = await signIn(email.value.trim(), password);
      email.forget();
      onSession(session);
    });
  const problem = submit.besides("email", "password");
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {problem ? <ProblemNote problem={problem} /> : note}
      <Field
        label="E-mail"
        type="email"
        name="email"
        autocomplete="username"
        autofocus={first === ""}
        value={email.value}
        onValue={email.set}
        error={submit.at("email")}
      />
      <Field
        label="Password"
        type="password"
        name="password"
        autocomplete="current-password"
        autofocus={first !== ""}
        value={password}
        onValue={setPassword}
        error={submit.at("password")}
      />
      <SubmitButton pending={submit.pending}>Sign in</SubmitButton>
    </form>
  );
}
