import type { Person, Role } from "../../api";
import { Sign } from "../../components/state_sign";
import { time } from "../../format";
import { ROLES, roleWords } from "./role_words";

interface Props {
  people: Person[];
  timeZone: string;
  self: string;
  /** May change members. */
  administers: boolean;
  /** The only administrator, whose role cannot change. */
  last: string | null;
  busy: boolean;
  onRole: (person: Person, role: Role) => void;
  onAgain: (person: Person) => void;
  onRemove: (person: Person) => void;
}

export function MemberTable(props: Props) {
  const columns = ["Member", "Role", "State", ...(props.administers ? ["Change"] : [])];
  return (
    <table class="table cards members" role="table" aria-busy={props.busy || undefined}>
      <caption class="visually-hidden">Members</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((words) => (
            <th key={words} role="columnheader" scope="col">
              {words === "Change" ? <span class="visually-hidden">{words}</span> : words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {props.people.map((person) => (
          <Row key={person.user_id} person={person} {...props} />
        ))}
      </tbody>
    </table>
  );
}

/** A failed or waiting e-mail of an invitation; otherwise the end of its link. */
function Invitation({ person, timeZone }: { person: Person; timeZone: string }) {
  const { mail_state, mail_error, expires_at } = person;
  if (mail_state === "failed")
    return (
      <span class="under">
        the e-mail was not delivered{mail_error && `: ${mail_error}`}. Withdraw it and invite the
        correct address
      </span>
    );
  if (mail_state === "waiting" && mail_error)
    return <span class="under">the e-mail is waiting: {mail_error}</span>;
  return <span class="under">the link works until {time(expires_at!, timeZone)}</span>;
}

function Row({ person, ...props }: Props & { person: Person }) {
  const { timeZone, self, administers, last, onRole, onAgain, onRemove } = props;
  const invited = person.state === "invited";
  const ended =
    invited && person.expires_at !== null && Date.parse(person.expires_at) <= Date.now();
  const lost = person.mail_state === "failed";
  const stays = person.user_id === last;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        <div>
          {person.name || person.email}
          {person.user_id === self && <span class="faint"> (you)</span>}
          {person.name && <span class="under">{person.email}</span>}
        </div>
      </th>
      <td role="cell" data-label="Role">
        <div>
          {administers && !stays ? (
            <select
              class="role"
              aria-label={`Role of ${person.email}`}
              value={person.role}
              onChange={(event) => {
                onRole(person, event.currentTarget.value as Role);
                event.currentTarget.value = person.role;
              }}
            >
              {ROLES.map(({ value, words }) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          ) : (
            roleWords(person.role)
          )}
          {stays && administers && (
            <span class="under">the last administrator: make another member one first</span>
          )}
        </div>
      </td>
      <td role="cell" data-label="State">
        <div>
          <Sign state={invited ? (ended || lost ? "expired" : "soon") : "active"}>
            {invited ? (ended ? "Invitation expired" : "Invited") : "Member"}
          </Sign>
          {invited && !ended && <Invitation person={person} timeZone={timeZone} />}
        </div>
      </td>
      {administers && (
        <td role="cell" class="cell-act">
          {invited && (
            <button type="button" class="quiet" onClick={() => onAgain(person)}>
              Invite again<span class="visually-hidden"> {person.email}</span>
            </button>
          )}
          {!stays && (
            <button type="button" class="quiet" onClick={() => onRemove(person)}>
              {invited ? "Withdraw" : "Remove"}
              <span class="visually-hidden"> {person.email}</span>
            </button>
          )}
        </td>
      )}
    </tr>
  );
}
