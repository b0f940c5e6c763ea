// Removing a sensor: first what becomes of its licenses and measurements.
import type { LicenseRow } from "../../api";
import { Dialog } from "../../components/dialog";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { count, date } from "../../format";
import { useSubmit } from "../../use_submit";
import type { Subject } from "../../verbs/subject";
import { remove } from "../../verbs/sensors";

interface Props {
  subject: Subject;
  row: LicenseRow;
  onClose: () => void;
  onRemoved: () => void;
}

export function RemoveDialog({ subject, row, onClose, onRemoved }: Props) {
  const submit = useSubmit();
  const covered = row.state === "active";
  const send = () =>
    submit.run(async () => {
      await remove(subject, row.name, covered, row.queue);
      onClose();
      onRemoved();
    });
  return (
    <Dialog title="Remove the sensor" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {submit.problem && <ProblemNote problem={submit.problem} />}
        <p>
          When <strong>{subject.called}</strong> is removed:
        </p>
        <ul class="points">
          <li>nothing that it measures from then on is saved;</li>
          {row.queue.length > 0 && (
            <li>
              {count(row.queue.length, "waiting license goes", "waiting licenses go")} back to the
              pool;
            </li>
          )}
          {covered && row.last_day && (
            <li>
              the running license stays with the serial: added again by {date(row.last_day)}, the
              sensor carries on with it;
            </li>
          )}
          <li>its measurements and alerts so far stay.</li>
        </ul>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Remove</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
