// The words of a row of the License Manager.
import type { LicenseRow, Refused } from "../../api";
import type { Shown } from "../../components/state_sign";
import { count, date, daysBetween, daysLeft, recentDay } from "../../format";

/** As the API counts `expiring`: local calendar days to the last day of the coverage. */
const SOON_DAYS = 30;

/** A queue continues the coverage: then its last day counts. */
function daysCovered(row: LicenseRow): number | null {
  const last = row.queue[row.queue.length - 1];
  if (row.days_left === null || !row.last_day) return null;
  return row.days_left + (last ? daysBetween(row.last_day, last.last_day) : 0);
}

export function endSign(row: LicenseRow): Shown {
  if (row.state === "expired") return "expired";
  if (row.state === "unlicensed") return "none";
  const days = daysCovered(row);
  return days !== null && days <= SOON_DAYS ? "soon" : "active";
}

export function endWords(row: LicenseRow): string {
  if (row.state === "unlicensed" || !row.last_day) return "Never licensed";
  if (row.state === "expired") return `${date(row.last_day)} · expired`;
  return row.days_left === null
    ? date(row.last_day)
    : `${date(row.last_day)} · ${daysLeft(row.days_left)}`;
}

/** The last day of the queue, if there is one. */
export function queuedUntil(row: LicenseRow): string | null {
  const last = row.queue[row.queue.length - 1];
  return last ? date(last.last_day) : null;
}

export function nextWords(row: LicenseRow): string | null {
  switch (row.next) {
    case "queue":
      return row.queue.length > 0 ? `then queued until ${queuedUntil(row)}` : "then queued";
    case "pool":
      return "then renews from the pool";
    case "stops":
      return row.auto_renewal ? "then stops: the pool is too small" : "then stops";
    case null:
      return null;
  }
}

export function refusedWords(refused: Refused, timeZone: string): string | null {
  if (refused.count === 0) return null;
  const since = refused.first_at ? ` since ${recentDay(refused.first_at, timeZone)}` : "";
  return `${count(refused.count, "measurement", "measurements")} refused${since}`;
}
