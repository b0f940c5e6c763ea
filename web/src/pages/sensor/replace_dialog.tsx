// Replacing a broken sensor: everything moves to a new serial.
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../../api";
import { previewReplacement } from "../../api";
import { claimOf, useClaim } from "../../claim";
import { ClaimField, useLabel } from "../../components/claim_field";
import { Dialog } from "../../components/dialog";
import { Field } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { readSerial } from "../../pasted";
import { asProblem } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import type { Subject } from "../../verbs/subject";
import { replace } from "../../verbs/sensors";

interface Props {
  subject: Subject;
  onClose: () => void;
  onReplaced: (serial: string) => void;
}

/** The server's answer to a complete serial; null while unknown. A claim code is not asked for while it is typed. */
function usePreview(
  subject: Subject,
  by: string | null,
): { by: string; problem: Problem | null } | null {
  const [known, setKnown] = useState<{ by: string; problem: Problem | null } | null>(null);
  const asks = useClaim() !== "code";
  useEffect(() => {
    if (!asks || by === null) return setKnown(null);
    const abort = new AbortController();
    previewReplacement(subject.organization, subject.serial, { serial: by }, abort.signal).then(
      () => setKnown({ by, problem: null }),
      (error: unknown) => {
        if (!abort.signal.aborted) setKnown({ by, problem: asProblem(error) });
      },
    );
    return () => abort.abort();
  }, [subject.organization, subject.serial, by]);
  return known?.by === by ? known : null;
}

export function ReplaceDialog({ subject, onClose, onReplaced }: Props) {
  const [typed, setTyped] = useState("");
  const [claim, setClaim] = useState("");
  const coded = useClaim() === "code";
  const takeLabel = useLabel(setTyped, setClaim);
  const by = readSerial(typed);
  const preview = usePreview(subject, by);
  const submit = useSubmit();
  const problem = submit.problem ?? preview?.problem ?? null;
  const atClaim = submit.at("claim_code");
  const atSerial =
    problem && !atClaim && problem.status >= 400 && problem.status < 500 ? problem.detail : null;
  const send = () =>
    submit.run(async () => {
      await replace(subject, { serial: by ?? typed, ...claimOf(claim) }, !coded, onReplaced);
      onClose();
    });
  return (
    <Dialog title="Replace the sensor" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p>
          <strong>{subject.called}</strong> keeps its name, measurements, alarm rules, licenses and
          queue under the new serial, and takes no license from the pool. {subject.serial} becomes
          free.
        </p>
        {problem && !atSerial && !atClaim && <ProblemNote problem={problem} />}
        <Field
          label="Serial of the new sensor"
          value={typed}
          onValue={(value) => {
            takeLabel(value);
            submit.clear();
          }}
          error={atSerial}
          autofocus
          autocomplete="off"
          spellcheck={false}
          class="serial-input"
          placeholder="282C02424EED"
          hint={
            preview && !preview.problem
              ? `${by} can take its place.`
              : "12 hexadecimal digits, printed on the sensor"
          }
        />
        <ClaimField value={claim} onValue={setClaim} error={atClaim} />
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Replace</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
