// The members of the organization and their roles.
import { useState } from "preact/hooks";
import { announce } from "../../announce";
import type { Person, Role } from "../../api";
import { changeRole, getPeople } from "../../api";
import { MoreButton, useMore } from "../../components/load_more";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { useLive } from "../../live";
import { useSession } from "../../session";
import { useResource } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import { InviteDialog } from "./invite_dialog";
import { MemberTable } from "./member_table";
import { RemoveDialog } from "./remove_dialog";
import { roleWords } from "./role_words";

type Asked = { what: "invite"; again?: Person } | { what: "remove"; person: Person } | null;

export function Members() {
  useTitle("Members");
  const organization = useOrganization();
  const { session, reload } = useSession();
  const self = session!.user.id;
  const [asked, setAsked] = useState<Asked>(null);
  const submit = useSubmit();
  const list = useResource("", (signal) => getPeople(organization.id, {}, signal), organization.id);
  const more = useMore("", list, (cursor, limit) =>
    getPeople(organization.id, { cursor, limit }),
  );
  useLive(list.refresh);
  const administers = organization.role === "administrator";
  const administrators = more.items.filter(
    ({ role, state }) => role === "administrator" && state === "active",
  );
  const last =
    administrators.length === 1 && more.next === null ? administrators[0]!.user_id : null;
  const close = () => setAsked(null);
  const changed = (person: Person) => (person.user_id === self ? void reload() : list.reload());
  const setRole = (person: Person, role: Role) =>
    void submit.run(async () => {
      await changeRole(organization.id, person.user_id, role);
      announce(`${person.email}: ${roleWords(role)}`);
      changed(person);
    });
  return (
    <>
      <PageHead
        title="Members"
        sentence={`The members of ${organization.name}. An invitation works once, for 7 days.`}
      >
        {administers && (
          <button type="button" onClick={() => setAsked({ what: "invite" })}>
            Invite
          </button>
        )}
      </PageHead>
      {submit.problem && <ProblemNote problem={submit.problem} />}
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data && (
        <MemberTable
          people={more.items}
          timeZone={organization.time_zone}
          self={self}
          administers={administers}
          last={last}
          busy={list.loading || submit.pending}
          onRole={setRole}
          onAgain={(again) => setAsked({ what: "invite", again })}
          onRemove={(person) => setAsked({ what: "remove", person })}
        />
      )}
      <MoreButton more={more} />
      {asked?.what === "invite" && (
        <InviteDialog
          organization={organization.id}
          again={asked.again}
          onClose={close}
          onInvited={list.reload}
        />
      )}
      {asked?.what === "remove" && (
        <RemoveDialog
          organization={organization}
          person={asked.person}
          self={asked.person.user_id === self}
          onClose={close}
          onRemoved={() => changed(asked.person)}
        />
      )}
    </>
  );
}
