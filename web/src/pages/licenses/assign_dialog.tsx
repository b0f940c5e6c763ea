// "+": one license from the pool for one sensor, now or queued.
import { useEffect, useState } from "preact/hooks";
import type { LicenseRow } from "../../api";
import { Dialog } from "../../components/dialog";
import { KeySelect } from "../../components/key_select";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { count, date } from "../../format";
import { useSubmit } from "../../use_submit";
import { assign } from "../../verbs/licenses";
import { subjectOf } from "../../verbs/subject";
import { EmptyPool } from "./empty_pool";
import { queuedUntil } from "./row_words";

interface Props {
  organization: string;
  row: LicenseRow;
  left: number | null;
  onClose: () => void;
  onCode: () => void;
}

export function AssignDialog({ organization, row, left, onClose, onCode }: Props) {
  const submit = useSubmit();
  const [key, setKey] = useState("");
  const called = row.name || row.serial;
  const covered = queuedUntil(row) ?? (row.last_day && date(row.last_day));
  const send = () =>
    submit.run(async () => {
      await assign(subjectOf(organization, row), key || undefined);
      onClose();
    });
  useEffect(submit.clear, [left]); // the pool has changed
  if (left === 0 || submit.problem?.code === "no_licenses_left") {
    return (
      <Dialog key="empty" title="No licenses left" onClose={onClose}>
        <EmptyPool onCode={onCode} onClose={onClose} />
      </Dialog>
    );
  }
  const aboutKey = submit.problem?.code === "key_exhausted" ? submit.problem.detail : null;
  return (
    <Dialog title="Assign a license" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {submit.problem && !aboutKey && <ProblemNote problem={submit.problem} />}
        <p>
          {row.state === "active" ? (
            <>
              <strong>{called}</strong> is covered until {covered}. The license is queued and starts
              right after that day.
            </>
          ) : (
            <>
              <strong>{called}</strong> has no license now. The license starts immediately.
            </>
          )}
          {left !== null && ` It takes one of the ${count(left, "license", "licenses")} left.`}
        </p>
        <KeySelect organization={organization} value={key} onValue={setKey} error={aboutKey} />
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Assign</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
