// Removing a sensor, with the effect on its licenses and measurements.
import type { LicenseRow } from "../../api";
import { useClaim } from "../../claim";
import { ConfirmDialog } from "../../components/confirm_dialog";
import { count, date } from "../../format";
import type { Subject } from "../../verbs/subject";
import { remove } from "../../verbs/sensors";

interface Props {
  subject: Subject;
  row: LicenseRow;
  onClose: () => void;
  onRemoved: () => void;
}

export function RemoveDialog({ subject, row, onClose, onRemoved }: Props) {
  const covered = row.state === "active";
  const coded = useClaim() === "code";
  const run = async () => {
    await remove(subject, row.name, covered && !coded, row.queue);
    onClose();
    onRemoved();
  };
  return (
    <ConfirmDialog title="Remove the sensor" deed="Remove" run={run} onClose={onClose}>
      <p>
        When <strong>{subject.called}</strong> is removed:
      </p>
      <ul class="points">
        <li>its measurements are no longer saved;</li>
        {row.queue.length > 0 && (
          <li>
            {count(row.queue.length, "waiting license goes", "waiting licenses go")} back to the
            pool;
          </li>
        )}
        {covered && row.last_day && (
          <li>
            the running license stays with the serial: if you add the sensor again by{" "}
            {date(row.last_day)}, it continues with that license
            {coded && " (its claim code is needed again)"};
          </li>
        )}
        <li>its existing measurements and alerts are kept.</li>
      </ul>
    </ConfirmDialog>
  );
}
