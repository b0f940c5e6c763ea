// The filter and order of the list, from the address.
import type { Counts, LicenseFilter, LicenseQuery } from "../../api";
import { number } from "../../format";
import { midnight } from "../../midnight";

export interface Asked {
  state: string;
  /** Filters by the days to the end, in addition to 30, for which the API has a state. */
  within: number | null;
  q: string;
  key: string;
  sort: string;
  /** A filter of the address that does not exist, or "". */
  strange: string;
  /** In which days are counted. */
  timeZone: string;
}

const STATES = ["active", "expiring", "expired", "unlicensed", "stopping", "not_saving"];
const SORTS = ["expires_at", "activated_at", "name", "serial"];
export const WITHIN = [60, 90];
const DAY_MS = 86_400_000;

export function asked(query: URLSearchParams, timeZone: string): Asked {
  const within = Number(query.get("within"));
  const wide = WITHIN.includes(within) ? within : null;
  const state = wide ? "" : (query.get("state") ?? "");
  const sort = query.get("sort") ?? "";
  const known = state === "" || STATES.includes(state);
  return {
    state: known ? state : "",
    strange: known ? "" : state,
    within: wide,
    q: query.get("q") ?? "",
    key: query.get("key") ?? "",
    sort: SORTS.includes(sort) ? sort : "expires_at",
    timeZone,
  };
}

/** A second after the end of a local day: a row of that day says "in so many days", as the API counts them. */
function afterDays(days: number, timeZone: string): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone }).format(Date.now());
  const day = new Date(Date.parse(`${today}T00:00:00Z`) + (days + 1) * DAY_MS);
  const end = Date.parse(midnight(day.toISOString().slice(0, 10), timeZone));
  return new Date(end + 1000).toISOString().replace(".000Z", "Z");
}

export function filterOf({ state, within, q, timeZone }: Asked): LicenseFilter {
  return {
    ...(within ? { state: "active", expires_before: afterDays(within, timeZone) } : state ? { state } : {}),
    ...(q ? { q } : {}),
  };
}

export function queryOf(wanted: Asked): LicenseQuery {
  const { key, sort } = wanted;
  return { ...filterOf(wanted), ...(key ? { key } : {}), sort };
}

/** All sensors that match the filter, in words. */
export function everythingWords({ state, within, q }: Asked, counts: Counts): string {
  const { active, expiring, expired, unlicensed, stopping, not_saving } = counts;
  const known: Record<string, [number, string]> = {
    "": [active + expired + unlicensed, ""],
    active: [active, " that are active"],
    expiring: [expiring, " that end within 30 days"],
    expired: [expired, " that have expired"],
    unlicensed: [unlicensed, " that never had a license"],
    stopping: [stopping, " that stop within 30 days"],
    not_saving: [not_saving, " that send without a license"],
  };
  const [size, which] = known[state] ?? [0, ""];
  if (within) return `All sensors that end within ${within} days${q ? `, found by “${q}”` : ""}`;
  return q ? `All sensors${which}, found by “${q}”` : `All ${number(size)} sensors${which}`;
}
