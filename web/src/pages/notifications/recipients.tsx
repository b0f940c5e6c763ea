// The members, each with switches for e-mail.
import type { NoticeRecipient, Person } from "../../api";
import { setNoticeRecipients } from "../../api";
import { Switch } from "../../components/switch";
import { useOrganization } from "../../layout/organization_page";
import { NoRecipients } from "./no_recipients";

interface Props {
  members: Person[];
  recipients: NoticeRecipient[];
  onChanged: (recipients: NoticeRecipient[]) => void;
}

export function Recipients({ members, recipients, onChanged }: Props) {
  const { id } = useOrganization();
  const put = async (user: string, wanted: NoticeRecipient | null) => {
    const others = recipients.filter(({ user_id }) => user_id !== user);
    const now = await setNoticeRecipients(id, wanted ? [...others, wanted] : others);
    onChanged(now.recipients);
  };
  return (
    <>
      {recipients.length === 0 && <NoRecipients onChanged={onChanged} />}
      <table class="table cards" role="table">
        <caption class="visually-hidden">Members and the messages that they get</caption>
        <thead role="rowgroup">
          <tr role="row">
            {["Member", "Gets e-mail", "Only what stops"].map((words) => (
              <th key={words} role="columnheader" scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {members.map((member) => (
            <Member
              key={member.user_id}
              member={member}
              recipient={recipients.find(({ user_id }) => user_id === member.user_id) ?? null}
              put={(wanted) => put(member.user_id, wanted)}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

interface MemberProps {
  member: Person;
  recipient: NoticeRecipient | null;
  put: (wanted: NoticeRecipient | null) => Promise<void>;
}

function Member({ member, recipient, put }: MemberProps) {
  const { user_id, name, email } = member;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        {name || email}
        {name && <span class="faint recipient-email">{email}</span>}
      </th>
      <td role="cell" data-label="Gets e-mail" class="cell-switch">
        <Switch
          label={`E-mail to ${name || email}`}
          on={recipient !== null}
          onChange={(on) => put(on ? { user_id, only_what_stops: false } : null)}
        />
      </td>
      <td role="cell" data-label="Only what stops" class="cell-switch">
        {recipient ? (
          <Switch
            label={`E-mail to ${name || email} only about what stops`}
            on={recipient.only_what_stops}
            onChange={(on) => put({ user_id, only_what_stops: on })}
          />
        ) : (
          <span class="faint">–</span>
        )}
      </td>
    </tr>
  );
}
