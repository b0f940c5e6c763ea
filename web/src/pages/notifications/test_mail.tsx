// A mail to oneself, to see that mails arrive.
import { announce } from "../../announce";
import { sendTestMail } from "../../api";
import { ProblemNote } from "../../components/notes";
import { useOrganization } from "../../layout/organization_page";
import { useSession } from "../../session";
import { useSubmit } from "../../use_submit";

export function TestMail() {
  const { id } = useOrganization();
  const { session } = useSession();
  const submit = useSubmit();
  const email = session?.user.email ?? "you";
  const send = () =>
    void submit.run(async () => {
      await sendTestMail(id);
      announce(`A test mail is on its way to ${email}`);
    });
  return (
    <div class="section-actions">
      {submit.problem && <ProblemNote problem={submit.problem} />}
      <button
        type="button"
        class="secondary"
        aria-busy={submit.pending || undefined}
        onClick={send}
      >
        Send a test mail
      </button>
      <p class="field-hint">It goes to {email}.</p>
    </div>
  );
}
