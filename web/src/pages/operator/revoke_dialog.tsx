// Revoking an order: reason, time, and a preview of the effect.
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { IssuedCode, Problem, Revocation } from "../../api";
import { previewRevocation, revokeCode } from "../../api";
import { Choice } from "../../components/choice";
import { Dialog } from "../../components/dialog";
import { Field } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { count, licensesOf, moment } from "../../format";
import { asProblem } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import { HERE } from "./here";

interface Props {
  code: IssuedCode;
  onClose: () => void;
  onRevoked: () => void;
}

interface Preview {
  of: string;
  answer: Revocation | null;
  problem: Problem | null;
}

const PAUSE_MS = 250;
/** The preview needs a reason like the revocation; its text does not matter. */
const ANY_REASON = "preview";

function usePreview(id: string, at: string | null): Preview | null {
  const [preview, setPreview] = useState<Preview | null>(null);
  const of = `${id} ${at}`;
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const order = { reason: ANY_REASON, ...(at ? { effective_at: at } : {}) };
      previewRevocation(id, order, abort.signal).then(
        (answer) => setPreview({ of, answer, problem: null }),
        (error: unknown) => {
          if (!abort.signal.aborted) setPreview({ of, answer: null, problem: asProblem(error) });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [id, at]);
  return preview?.of === of ? preview : null;
}

/** A date and a time in the browser's zone as an instant; null if they are invalid. */
function instantOf(local: string): string | null {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? null : at.toISOString().replace(/\.\d+Z$/, "Z");
}

export function RevokeDialog({ code, onClose, onRevoked }: Props) {
  const [reason, setReason] = useState("");
  const [when, setWhen] = useState("now");
  const [local, setLocal] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = useSubmit();
  const redeemed = code.state === "redeemed";
  const at = when === "now" ? null : instantOf(local);
  const preview = usePreview(code.id, at);
  const noInstant = when === "later" && !at;
  const send = () => {
    setMissing(true);
    if (!reason.trim() || noInstant) return;
    void submit.run(async () => {
      await revokeCode(code.id, { reason: reason.trim(), ...(at ? { effective_at: at } : {}) });
      announce(`${code.reference || licensesOf(code.quantity, code.term)}: revoked`);
      onRevoked();
    });
  };
  const problem = submit.besides("reason", "effective_at") ?? preview?.problem ?? null;
  const aboutInstant =
    submit.at("effective_at") ?? (problem?.field === "effective_at" ? problem.detail : null);
  return (
    <Dialog title={`Revoke ${code.reference || "the code"}`} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p>
          {licensesOf(code.quantity, code.term)}.{" "}
          {redeemed
            ? "Its licenses in the pool and in queues are removed. Running licenses end at the time below. This cannot be undone."
            : "Nobody has redeemed it. It becomes void. This cannot be undone."}
        </p>
        {problem && !aboutInstant && <ProblemNote problem={problem} />}
        <Field
          label="Reason"
          value={reason}
          onValue={setReason}
          error={
            submit.at("reason") ??
            (missing && !reason.trim() ? "Enter a reason. It is kept in the audit log." : null)
          }
          hint="Kept in the audit log, and sent to the members who get notices"
          autocomplete="off"
          autofocus
        />
        {redeemed && (
          <>
            <Choice
              label="Running licenses end"
              value={when}
              onChoose={setWhen}
              options={[
                { value: "now", words: "End now" },
                { value: "later", words: "End later" },
              ]}
            />
            {when === "later" && (
              <Field
                label="Running licenses end at"
                type="datetime-local"
                value={local}
                onValue={setLocal}
                error={aboutInstant ?? (missing && noInstant ? "Enter a date and a time." : null)}
                hint={at ? moment(at, HERE) : HERE.replace(/_/g, " ")}
              />
            )}
          </>
        )}
        <div aria-live="polite">{preview?.answer && <Consequences answer={preview.answer} />}</div>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Revoke</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}

function Consequences({ answer }: { answer: Revocation }) {
  const lines: [number, string, string][] = [
    [answer.withdrawn_from_pool, "license leaves the pool", "licenses leave the pool"],
    [answer.withdrawn_waiting, "waiting license is removed", "waiting licenses are removed"],
    [answer.ended, "running license ends", "running licenses end"],
  ];
  const felt = lines.filter(([size]) => size > 0);
  if (answer.effective_at === null) return null;
  return (
    <div class="note">
      <ul class="points">
        {felt.length === 0 && <li>no license of this code is left</li>}
        {felt.map(([size, one, many]) => (
          <li key={one}>{count(size, one, many)}</li>
        ))}
      </ul>
    </div>
  );
}
