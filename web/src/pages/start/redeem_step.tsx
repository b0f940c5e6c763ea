// The organization exists, the code is not redeemed yet: a redemption that failed or was cut off by a reload.
import { useState } from "preact/hooks";
import type { Membership } from "../../api";
import { redeemCode } from "../../api";
import { codeState } from "../../code";
import { CodeField } from "../../components/code_field";
import { problemWords, ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useSubmit } from "../../use_submit";

interface Props {
  code: string;
  organizations: Membership[];
  onRedeemed: (organization: string, quantity: number, term: string) => Promise<void>;
  onSkip: () => void;
}

export function RedeemStep({ code: first, organizations, onRedeemed, onSkip }: Props) {
  const able = organizations.filter(({ role }) => role !== "analyst");
  const [organization, setOrganization] = useState(able[0]?.id ?? "");
  const [code, setCode] = useState(first);
  const submit = useSubmit();
  const send = () => {
    if (!codeState(code).complete) return;
    void submit.run(async () => {
      const answer = await redeemCode(organization, code);
      await onRedeemed(organization, answer.quantity, answer.term);
    });
  };
  const aboutCode =
    submit.problem && submit.problem.code.startsWith("code_")
      ? problemWords(submit.problem)
      : submit.at("code");
  if (able.length === 0) {
    return (
      <>
        <h1>Your role does not include adding codes</h1>
        <p>
          You are an analyst. Pass the code on to a manager or an administrator of your
          organization.
        </p>
        <button type="button" onClick={onSkip}>
          Go to the sensors
        </button>
      </>
    );
  }
  return (
    <>
      <h1>Add the code to your organization</h1>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {submit.problem && !aboutCode && <ProblemNote problem={submit.problem} />}
        {able.length > 1 ? (
          <div class="field">
            <label for="organization">Organization</label>
            <select
              id="organization"
              value={organization}
              onChange={(event) => setOrganization(event.currentTarget.value)}
            >
              {able.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        ) : (
          <p class="faint">{able[0]!.name}</p>
        )}
        <CodeField
          value={code}
          onValue={(typed) => {
            setCode(typed);
            submit.clear();
          }}
          error={aboutCode}
        />
        <SubmitButton pending={submit.pending}>Add licenses</SubmitButton>
      </form>
      <p class="alone-foot">
        <button type="button" class="link" onClick={onSkip}>
          Continue without the code
        </button>
      </p>
    </>
  );
}
