import { useState } from "preact/hooks";
import { codeState, formatCode } from "../../code";
import { CodeField } from "../../components/code_field";

/** The code is only looked at here; the server judges it when the account is made. */
export function CodeStep({ onCode }: { onCode: (code: string) => void }) {
  const [code, setCode] = useState("");
  const [early, setEarly] = useState(false);
  const state = codeState(code);
  const send = () => {
    if (state.complete) onCode(formatCode(code));
    else setEarly(true);
  };
  return (
    <>
      <h1>Enter your activation code</h1>
      <p class="faint">
        It came with your order: 25 symbols in groups of five. Capitals and hyphens do not matter.
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <CodeField
          value={code}
          onValue={(typed) => {
            setCode(typed);
            setEarly(false);
          }}
          autofocus
          error={early && !state.wrong ? `The code is not complete: ${state.words}.` : null}
        />
        <button type="submit">Continue</button>
      </form>
    </>
  );
}
