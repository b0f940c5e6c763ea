import { useState } from "preact/hooks";
import { createOrganization, redeemCode } from "../../api";
import { Field } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { browserTimeZone, TimeZoneField } from "../../components/time_zone_field";
import { useDraft } from "../../drafts";
import { useSubmit } from "../../use_submit";

interface Props {
  code: string;
  /** The organization exists but the code could not be redeemed: the session, read anew, leads to the next step. */
  onCreated: () => Promise<void>;
  onRedeemed: (organization: string, quantity: number, term: string) => Promise<void>;
}

export function OrganizationStep({ code, onCreated, onRedeemed }: Props) {
  const { value: name, set: setName } = useDraft("organization", "");
  const [timeZone, setTimeZone] = useState(browserTimeZone);
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      const organization = await createOrganization(name.trim(), timeZone);
      try {
        const answer = await redeemCode(organization.id, code);
        await onRedeemed(organization.id, answer.quantity, answer.term);
      } catch {
        await onCreated();
      }
    });
  const problem = submit.besides("name", "time_zone");
  return (
    <>
      <h1>Name your organization</h1>
      <p class="faint">Its sensors, licenses and members belong together.</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {problem && <ProblemNote problem={problem} />}
        <Field
          label="Name"
          name="organization"
          autocomplete="organization"
          autofocus
          value={name}
          onValue={setName}
          error={submit.at("name")}
        />
        <TimeZoneField value={timeZone} onValue={setTimeZone} error={submit.at("time_zone")} />
        <SubmitButton pending={submit.pending}>Continue</SubmitButton>
      </form>
    </>
  );
}
