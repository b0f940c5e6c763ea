import type { CodeOrder } from "../../api";
import { issueCode } from "../../api";
import { Field, FieldError } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useDraft } from "../../drafts";
import { useSubmit } from "../../use_submit";
import type { Chosen } from "./organization_field";
import { OrganizationField } from "./organization_field";

export interface Issued {
  code: string;
  quantity: number;
  term: string;
  /** The only one that may redeem it. */
  organization: string | null;
}

const UNITS = [
  ["Y", "years"],
  ["M", "months"],
  ["W", "weeks"],
  ["D", "days"],
] as const;

export function IssueForm({ onIssued }: { onIssued: (issued: Issued) => void }) {
  const { value: quantity, set: setQuantity } = useDraft("quantity", "1");
  const { value: length, set: setLength } = useDraft("length", "2");
  const { value: unit, set: setUnit } = useDraft("unit", "Y");
  const { value: redeemBy, set: setRedeemBy } = useDraft("redeem by", "");
  const { value: reference, set: setReference } = useDraft("reference", "");
  const { value: bound, set: setBound } = useDraft<Chosen | null>("organization", null);
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      const order: CodeOrder = { quantity: Number(quantity), term: `P${length.trim()}${unit}` };
      if (redeemBy) order.redeem_by = redeemBy;
      if (bound) order.organization_id = bound.id;
      if (reference.trim()) order.reference = reference.trim();
      const answer = await issueCode(order);
      onIssued({
        code: answer.code,
        quantity: order.quantity,
        term: order.term,
        organization: answer.organization_name,
      });
      setReference("");
      setBound(null);
    });
  const besides = submit.besides("quantity", "term", "redeem_by", "reference", "organization_id");
  return (
    <form
      noValidate
      class="issue-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {besides && <ProblemNote problem={besides} />}
      <div class="issue-fields">
        <Field
          label="Licenses"
          type="number"
          min="1"
          max="100000"
          inputMode="numeric"
          value={quantity}
          onValue={setQuantity}
          error={submit.at("quantity")}
        />
        <div class="field">
          <label for="term-length">Term of each</label>
          <div class="term-pair">
            <input
              id="term-length"
              type="number"
              min="1"
              inputMode="numeric"
              value={length}
              aria-invalid={submit.at("term") ? "true" : undefined}
              onInput={(event) => setLength(event.currentTarget.value)}
            />
            <select
              aria-label="Unit of the term"
              value={unit}
              onChange={(event) => setUnit(event.currentTarget.value)}
            >
              {UNITS.map(([letter, words]) => (
                <option key={letter} value={letter}>
                  {words}
                </option>
              ))}
            </select>
          </div>
          <div aria-live="polite">
            {submit.at("term") && <FieldError>{submit.at("term")}</FieldError>}
          </div>
        </div>
        <Field
          label="Redeem by"
          optional
          type="date"
          value={redeemBy}
          onValue={setRedeemBy}
          error={submit.at("redeem_by")}
        />
        <OrganizationField
          label="Organization"
          hint="Only this organization can redeem the code. Type a part of its name."
          value={bound}
          onValue={setBound}
          error={submit.at("organization_id")}
        />
        <Field
          label="Reference"
          optional
          value={reference}
          onValue={setReference}
          error={submit.at("reference")}
          placeholder="Order number"
          autocomplete="off"
        />
      </div>
      <SubmitButton pending={submit.pending}>Issue code</SubmitButton>
    </form>
  );
}
