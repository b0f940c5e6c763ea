// Why measurements are not saved, and what a person can do about it.
import type { RefusalReason, Refused } from "../../api";

interface Reason {
  reason: RefusalReason;
  title: string;
  means: string;
  /** For administrators and managers. */
  todo: string;
  /** For analysts; by default the same. */
  analyst?: string;
}

/** In the order in which the server tests them. */
const REASONS: Reason[] = [
  {
    reason: "bad_token",
    title: "Wrong device token",
    means: "The organization requires its device token, and these messages have another one or none.",
    todo: "Enter the organization's device token in the sensor. Administrators find it in the settings.",
    analyst: "Tell an administrator of the organization.",
  },
  {
    reason: "bad_timestamp",
    title: "Wrong time",
    means: "By the sensor's clock, they were measured more than 5 minutes in the future, or before 2015.",
    todo: "The server sets the sensor's clock with its next answer. If the number still grows, check that the sensor receives answers, and that the server's clock is right.",
  },
  {
    reason: "unlicensed",
    title: "No license",
    means: "The sensor has never had a license.",
    todo: "Assign a license. It covers the time from then on.",
    analyst: "Ask a manager to assign a license.",
  },
  {
    reason: "before_first_license",
    title: "Before the first license",
    means: "They were measured before the sensor's first license began.",
    todo: "There is nothing to do. A license does not cover the time before it.",
  },
  {
    reason: "expired",
    title: "No license at that time",
    means: "They were measured when no license ran: after a license ended, and before the next one began.",
    todo: "If the sensor has no license now, assign one. It covers the time from then on, but not the gap.",
    analyst: "If the sensor has no license now, ask a manager to assign one.",
  },
];

/** The reasons of a sensor's refusals. */
export function reasonsOf(refused: Refused): (Reason & { count: number })[] {
  return REASONS.map((reason) => ({ ...reason, count: refused.reasons[reason.reason] })).filter(
    ({ count }) => count > 0,
  );
}

/** "Wrong time, no license". */
export function reasonTitles(refused: Refused): string {
  const titles = reasonsOf(refused).map(({ title }) => title.toLowerCase());
  const all = titles.join(", ");
  return all.charAt(0).toUpperCase() + all.slice(1);
}
