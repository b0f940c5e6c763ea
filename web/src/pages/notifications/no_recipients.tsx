// Says that nobody gets e-mail about licenses that end, with a button that selects the user.
import { announce } from "../../announce";
import type { NoticeRecipient } from "../../api";
import { getNoticeRecipients, setNoticeRecipients } from "../../api";
import { Icon } from "../../components/icon";
import { ProblemNote } from "../../components/notes";
import { useOrganization } from "../../layout/organization_page";
import { useSession } from "../../session";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { useSubmit } from "../../use_submit";

export function NoRecipients({ onChanged }: { onChanged: (now: NoticeRecipient[]) => void }) {
  const { id } = useOrganization();
  const { session } = useSession();
  const submit = useSubmit();
  const me = session?.user.id;
  const select = (user_id: string) =>
    void submit.run(async () => {
      // Another person may have been selected meanwhile.
      const { recipients: others } = await getNoticeRecipients(id);
      const now = await setNoticeRecipients(id, [
        ...others.filter((other) => other.user_id !== user_id),
        { user_id, only_what_stops: false },
      ]);
      announce("You get e-mail before licenses end");
      onChanged(now.recipients);
    });
  return (
    <div class="note" role="status">
      <Icon name="soon" />
      <div>
        <p>No recipients yet. Nobody gets e-mail before licenses end.</p>
        {submit.problem && <ProblemNote problem={submit.problem} />}
        {me && (
          <button
            type="button"
            class="secondary"
            aria-busy={submit.pending || undefined}
            onClick={() => select(me)}
          >
            Send it to me
          </button>
        )}
      </div>
    </div>
  );
}

/** The same for another page, which does not show the recipients. */
export function NoRecipientsNote() {
  const { id } = useOrganization();
  const read = useResource(id, (signal) => getNoticeRecipients(id, signal), id);
  useLive(read.refresh);
  if (!read.data && read.problem)
    return <ProblemNote problem={read.problem} retry={read.reload} />;
  if (!read.data || read.data.recipients.length > 0) return null;
  return <NoRecipients onChanged={(recipients) => read.change(() => ({ recipients }))} />;
}
