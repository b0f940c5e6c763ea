// "+": one license from the pool for one sensor, now or queued.
import { announce } from "../../announce";
import type { License, LicenseRow } from "../../api";
import { assignLicense } from "../../api";
import { Dialog } from "../../components/dialog";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { count, date } from "../../format";
import { useSubmit } from "../../use_submit";
import { EmptyPool } from "./empty_pool";
import { queuedUntil } from "./row_words";

interface Props {
  organization: string;
  row: LicenseRow;
  left: number | null;
  onClose: () => void;
  onCode: () => void;
  onAssigned: () => void;
}

export function assignedWords(called: string, license: License): string {
  const until = date(license.last_day);
  return license.state === "queued"
    ? `${called}: queued until ${until}`
    : `${called}: active until ${until}`;
}

export function AssignDialog({ organization, row, left, onClose, onCode, onAssigned }: Props) {
  const submit = useSubmit();
  const called = row.name || row.serial;
  const covered = queuedUntil(row) ?? (row.last_day && date(row.last_day));
  const send = () =>
    submit.run(async () => {
      const license = await assignLicense(organization, row.serial);
      announce(assignedWords(called, license));
      onAssigned();
    });
  if (left === 0 || submit.problem?.code === "no_licenses_left") {
    return (
      <Dialog key="empty" title="No licenses left" onClose={onClose}>
        <EmptyPool onCode={onCode} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title="Assign a license" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {submit.problem && <ProblemNote problem={submit.problem} />}
        <p>
          {row.state === "active" ? (
            <>
              <strong>{called}</strong> is covered until {covered}. The license is queued and starts
              right after that day.
            </>
          ) : (
            <>
              <strong>{called}</strong> has no license now. The license starts at once.
            </>
          )}
          {left !== null && ` It takes one of the ${count(left, "license", "licenses")} left.`}
        </p>
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
