import { useState } from "preact/hooks";
import type { CodeOrder } from "../../api";
import { issueCode } from "../../api";
import { Field, FieldError } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useSubmit } from "../../use_submit";

export interface Issued {
  code: string;
  quantity: number;
  term: string;
}

const UNITS = [
  ["Y", "years"],
  ["M", "months"],
  ["W", "weeks"],
  ["D", "days"],
] as const;

export function IssueForm({ onIssued }: { onIssued: (issued: Issued) => void }) {
  const [quantity, setQuantity] = useState("1");
  const [length, setLength] = useState("2");
  const [unit, setUnit] = useState("Y");
  const [redeemBy, setRedeemBy] = useState("");
  const [reference, setReference] = useState("");
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      const order: CodeOrder = { quantity: Number(quantity), term: `P${length.trim()}${unit}` };
      if (redeemBy) order.redeem_by = redeemBy;
      if (reference.trim()) order.reference = reference.trim();
      const answer = await issueCode(order);
      onIssued({ code: answer.code, quantity: order.quantity, term: order.term });
      setReference("");
    });
  const besides = submit.besides("quantity", "term", "redeem_by", "reference");
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
