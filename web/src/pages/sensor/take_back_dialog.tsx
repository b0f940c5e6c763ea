// Taking back the running license: only while nothing was saved under it, with the effect shown before.
import type { License } from "../../api";
import { ConfirmDialog } from "../../components/confirm_dialog";
import { takeBackLicense } from "../../verbs/licenses";
import type { Subject } from "../../verbs/subject";

interface Props {
  subject: Subject;
  license: License;
  queue: License[];
  onClose: () => void;
}

export function TakeBackDialog({ subject, license, queue, onClose }: Props) {
  const run = async () => {
    await takeBackLicense(subject, license, queue);
    onClose();
  };
  return (
    <ConfirmDialog
      title="Take back the running license"
      deed="Take back"
      run={run}
      onClose={onClose}
    >
      <p>
        This is possible only while no measurement of <strong>{subject.called}</strong> has
        been saved under it.{" "}
        {queue.length > 0
          ? "The first license of the queue starts immediately, and the others move forward."
          : "The sensor then has no license."}
        {queue.length === 0 &&
          subject.auto_renewal &&
          " Its auto renewal is switched off in the same step, because it would take the next license immediately."}
      </p>
    </ConfirmDialog>
  );
}
