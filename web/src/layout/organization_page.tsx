// A page inside an organization: finds it in the session, reads its time zone, and checks the role.
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext, useEffect } from "preact/hooks";
import type { Membership, Organization } from "../api";
import { getOrganization } from "../api";
import { ProblemNote } from "../components/notes";
import { Skeleton } from "../components/skeleton";
import { NoPermission } from "../pages/no_permission";
import { NotFound } from "../pages/not_found";
import { Link } from "../router";
import { rememberOrganization, useSession } from "../session";
import { useResource } from "../use_resource";
import { Shell } from "./shell";
import type { Who } from "./who";
import { ALLOWED } from "./who";

/** `time_zone` is the one in which days are counted. */
export type Current = Organization & Membership & { stored_time_zone: string; reread: () => void };

const Context = createContext<Current | null>(null);

export function useOrganization(): Current {
  const organization = useContext(Context);
  if (!organization) throw new Error("not inside an organization's page");
  return organization;
}

interface Props {
  id: string;
  who: Who;
  children: ComponentChildren;
}

export function OrganizationPage({ id, who, children }: Props) {
  const { session } = useSession();
  const membership = session?.organizations.find((organization) => organization.id === id);
  if (!membership)
    return (
      <Shell organization={null}>
        <NotFound />
      </Shell>
    );
  return (
    <Shell organization={membership}>
      {ALLOWED[who].includes(membership.role) ? (
        <Inside membership={membership}>{children}</Inside>
      ) : (
        <NoPermission organization={membership} who={who} />
      )}
    </Shell>
  );
}

function Inside({ membership, children }: { membership: Membership; children: ComponentChildren }) {
  const read = useResource(
    membership.id,
    (signal) => getOrganization(membership.id, signal),
    membership.id,
  );
  useEffect(() => rememberOrganization(membership.id), [membership.id]);
  if (read.data)
    return (
      <Context.Provider value={{ ...counted(read.data), ...membership, reread: read.reload }}>
        {read.data.time_zone_missing && <ZoneNote />}
        {children}
      </Context.Provider>
    );
  if (read.problem) return <ProblemNote problem={read.problem} retry={read.reload} />;
  return <Skeleton />;
}

function counted(organization: Organization) {
  const { time_zone, time_zone_missing } = organization;
  return {
    ...organization,
    time_zone: time_zone_missing ? "UTC" : time_zone,
    stored_time_zone: time_zone,
  };
}

function ZoneNote() {
  const { id, role, stored_time_zone } = useOrganization();
  return (
    <div class="note zone-note" role="status">
      <p>
        The server no longer has the time zone <strong>{stored_time_zone}</strong>. Until it is
        back, days and license ends are counted in UTC.{" "}
        {role === "administrator" ? (
          <Link href={`/o/${id}/settings`}>Choose another time zone</Link>
        ) : (
          "An administrator can choose another one in the settings."
        )}
      </p>
    </div>
  );
}
