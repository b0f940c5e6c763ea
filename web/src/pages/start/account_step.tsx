import { useState } from "preact/hooks";
import type { Session } from "../../api";
import { signUp } from "../../api";
import { Field } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { Link } from "../../router";
import { useDraft } from "../../drafts";
import { useSubmit } from "../../use_submit";

interface Props {
  code: string;
  onSession: (session: Session) => void;
  onOtherCode: () => void;
}

export function AccountStep({ code, onSession, onOtherCode }: Props) {
  const { value: email, set: setEmail } = useDraft("e-mail", "");
  const [password, setPassword] = useState("");
  const submit = useSubmit();
  const send = () => submit.run(async () => onSession(await signUp(email.trim(), password, code)));
  const taken = submit.problem?.code === "email_taken";
  const besides = taken ? null : submit.besides("email", "password");
  return (
    <>
      <h1>Create your account</h1>
      <p class="faint chosen-code">
        <span class="code">{code}</span>
        <button type="button" class="link" onClick={onOtherCode}>
          Use another code
        </button>
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {besides && <ProblemNote problem={besides} />}
        <Field
          label="E-mail"
          type="email"
          name="email"
          autocomplete="username"
          autofocus
          value={email}
          onValue={setEmail}
          error={taken ? submit.problem!.detail : submit.at("email")}
        />
        {taken && (
          <p>
            <Link href="/sign-in?next=/start">Sign in and continue with this code</Link>
          </p>
        )}
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
        <SubmitButton pending={submit.pending}>Continue</SubmitButton>
      </form>
    </>
  );
}
