// The Notification Manager: recipients and sent messages.
import type { Person } from "../../api";
import { getNoticeRecipients, getPeople } from "../../api";
import { Icon } from "../../components/icon";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { Link } from "../../router";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { CalendarLink } from "./calendar_link";
import { Recipients } from "./recipients";
import { SentNotices } from "./sent_notices";
import { TestMail } from "./test_mail";

export function Notifications() {
  useTitle("Notification Manager");
  const { id, mail_is_set } = useOrganization();
  return (
    <>
      <PageHead
        title="Notification Manager"
        sentence="One e-mail a month before licenses end, and one on their last day."
      />
      {!mail_is_set && (
        <div class="note" role="status">
          <Icon name="soon" />
          <p>
            This server has no mail relay, so messages wait. The person who runs the
            server can set one up.
          </p>
        </div>
      )}
      <div class="sections">
        <WhoIsTold key={id} />
        <CalendarLink key={`calendar ${id}`} />
        <SentNotices key={`sent ${id}`} />
      </div>
    </>
  );
}

/** Members who accepted: an invited person cannot get messages yet. */
async function allMembers(id: string, signal: AbortSignal): Promise<Person[]> {
  const found: Person[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Person[]; next: string | null } = await getPeople(
      id,
      { cursor },
      signal,
    );
    found.push(...page.items.filter(({ state }) => state === "active"));
    cursor = page.next;
  } while (cursor);
  return found;
}

function WhoIsTold() {
  const { id } = useOrganization();
  const read = useResource(
    id,
    async (signal) => {
      const [members, told] = await Promise.all([
        allMembers(id, signal),
        getNoticeRecipients(id, signal),
      ]);
      return {
        members,
        recipients: told.recipients,
      };
    },
    id,
  );
  useLive(read.refresh);
  return (
    <section class="section" aria-labelledby="told">
      <h2 id="told">Recipients</h2>
      <When />
      {read.problem && <ProblemNote problem={read.problem} retry={read.reload} />}
      {!read.data && !read.problem && <Skeleton rows={3} />}
      {read.data && (
        <Recipients
          members={read.data.members}
          recipients={read.data.recipients}
          onChanged={(recipients) => read.change((data) => ({ ...data, recipients }))}
        />
      )}
      <TestMail />
    </section>
  );
}

function When() {
  const { id, role, notice_time, time_zone } = useOrganization();
  return (
    <p>
      Messages are sent at <strong>{notice_time}</strong> ({time_zone}).
      {role === "administrator" && (
        <>
          {" "}
          <Link href={`/o/${id}/settings`}>Change</Link>
        </>
      )}
    </p>
  );
}
