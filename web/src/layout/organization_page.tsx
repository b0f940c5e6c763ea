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
import { rememberOrganization, useSession } from "../session";
import { useResource } from "../use_resource";
import { Shell } from "./shell";
import type { Who } from "./who";
import { ALLOWED } from "./who";

export type Current = Organization & Membership & { reread: () => void };

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
      <Context.Provider value={{ ...read.data, ...membership, reread: read.reload }}>
        {children}
      </Context.Provider>
    );
  if (read.problem) return <ProblemNote problem={read.problem} retry={read.reload} />;
  return <Skeleton />;
}
