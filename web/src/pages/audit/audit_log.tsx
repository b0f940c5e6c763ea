// The audit log: each change with its author, time, and the state before and after.
import type { AuditEntry } from "../../api";
import { getAuditLog } from "../../api";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { useLive } from "../../live";
import { Link, usePlace } from "../../router";
import { useResource } from "../../use_resource";
import { AuditFilters } from "./audit_filters";
import { ACTIONS } from "./audit_words";
import { AuditTable } from "./audit_table";
import { midnight } from "../../midnight";
import type { Wanted } from "./wanted";
import { FILTERS } from "./wanted";

const DAY_MS = 86_400_000;
const nextDay = (day: string) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
/** A day of the calendar: not 31 February. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

const nameOf = ({ actor }: AuditEntry) => (actor.name ? [actor.name] : []);

export function AuditLog() {
  useTitle("Audit log");
  const { id, time_zone } = useOrganization();
  const { query } = usePlace();
  const wanted = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""])) as Wanted;
  const filter = {
    user: wanted.user,
    object: wanted.object,
    action: wanted.action,
    from: isDay(wanted.from) ? midnight(wanted.from, time_zone) : null,
    // Both days are included; the API excludes the end.
    to: isDay(wanted.to) ? midnight(nextDay(wanted.to), time_zone) : null,
  };
  const key = JSON.stringify(filter);
  const list = useResource(key, (signal) => getAuditLog(id, filter, signal), id);
  const more = useMore(key, list, (cursor, limit) =>
    getAuditLog(id, { ...filter, cursor, limit }),
  );
  useLive(list.refresh);
  const filtered = FILTERS.some((name) => wanted[name] !== "");
  return (
    <>
      <PageHead
        title="Audit log"
        sentence="Every change to licenses, sensors, members and settings, newest first."
      />
      <AuditFilters wanted={wanted} actors={[...new Set(more.items.flatMap(nameOf))]} />
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton rows={8} />}
      {list.data &&
        (more.items.length > 0 ? (
          <AuditTable entries={more.items} busy={list.loading} />
        ) : (
          <Empty
            title={
              wanted.action && !ACTIONS[wanted.action]
                ? `There is no change “${wanted.action}”`
                : filtered
                  ? "No such entries"
                  : "No changes yet"
            }
          >
            {filtered && (
              <p>
                <Link href={`/o/${id}/audit-log`}>Show all entries</Link>
              </p>
            )}
          </Empty>
        ))}
      <MoreButton more={more} />
    </>
  );
}
