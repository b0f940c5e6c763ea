// Taking back the license that runs: only while nothing was saved under it, and not without a word on what follows.
import type { License } from "../../api";
import { Dialog } from "../../components/dialog";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useSubmit } from "../../use_submit";
import { takeBackLicense } from "../../verbs/licenses";
import type { Subject } from "../../verbs/subject";

interface Props {
  subject: Subject;
  license: License;
  queue: License[];
  onClose: () => void;
}

export function TakeBackDialog({ subject, license, queue, onClose }: Props) {
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      await takeBackLicense(subject, license, queue);
      onClose();
    });
  return (
    <Dialog title="Take back the running license" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {submit.problem && <ProblemNote problem={submit.problem} />}
        <p>
          This works only as long as no measurement of <strong>{subject.called}</strong> was saved
          under it.{" "}
          {queue.length > 0
            ? "The first license of the queue starts at once, and the others move forward."
            : "The sensor is without a license then."}
          {queue.length === 0 &&
            subject.auto_renewal &&
            " Its auto renewal is switched off in the same step: else it would take the next license at once."}
        </p>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Take back</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
