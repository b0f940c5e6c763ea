// Sentences about what happens to a sensor next, from its row, its licenses and the plan.
import type { Forecast, License, LicenseRow, PlannedRenewal } from "../../api";
import { shortenKey } from "../../code";
import { count, date, day, lastDay } from "../../format";

function plannedFor(serial: string, plan: Forecast | null): PlannedRenewal | null {
  for (const { renewals } of plan?.days ?? []) {
    const found = renewals.find((renewal) => renewal.serial === serial);
    if (found) return found;
  }
  return null;
}

function afterQueue(row: LicenseRow): string {
  return row.auto_renewal
    ? "After that it renews from the pool as long as the pool holds licenses: auto renewal is on."
    : "Then it stops: auto renewal is off.";
}

function queueWords(row: LicenseRow): string {
  const last = row.queue[row.queue.length - 1];
  const waits = `${count(row.queue.length, "license waits", "licenses wait")} in the queue`;
  return last ? `${waits} and will cover it until ${date(last.last_day)}.` : `${waits}.`;
}

function poolWords(row: LicenseRow, plan: Forecast | null, timeZone: string): string {
  const planned = plannedFor(row.serial, plan);
  const how = planned
    ? `, until ${lastDay(planned.expires_at, timeZone)}, with the key ${shortenKey(planned.key)}`
    : "";
  return `After ${date(row.last_day!)} it renews from the pool${how}. Auto renewal is on, and the pool will hold a license for it.`;
}

function stopWords(row: LicenseRow): string {
  const on = row.last_day ? `After ${date(row.last_day)}` : "Then";
  return row.auto_renewal
    ? `${on} it stops: auto renewal is on, but by then the pool is empty. Sensors that end earlier are renewed first.`
    : `${on} it stops: auto renewal is off and the queue is empty.`;
}

function activeWords(row: LicenseRow, plan: Forecast | null, timeZone: string): string[] {
  if (row.next === "queue") return [queueWords(row), afterQueue(row)];
  if (row.next === "pool" && row.last_day) return [poolWords(row, plan, timeZone)];
  return [stopWords(row)];
}

function expiredWords(row: LicenseRow, licenses: License[], timeZone: string): string[] {
  const last = licenses.filter(({ state }) => state !== "queued").pop();
  const end = row.last_day ? ` since the end of ${date(row.last_day)}` : "";
  const why =
    last?.state === "revoked"
      ? `It has no license: the operator revoked the last one, which ended on ${day(last.expires_at, timeZone)}.`
      : `It has had no license${end}; the queue was empty.`;
  const then = row.auto_renewal
    ? "Auto renewal is on: it renews as soon as the pool holds a license."
    : "Auto renewal is off: it starts again when a license is assigned to it.";
  return [why, then];
}

export function nextSentences(
  row: LicenseRow,
  licenses: License[],
  plan: Forecast | null,
  timeZone: string,
): string[] {
  switch (row.state) {
    case "active":
      return activeWords(row, plan, timeZone);
    case "expired":
      return expiredWords(row, licenses, timeZone);
    case "unlicensed":
      return [
        "It has never had a license, so none of its measurements are saved.",
        row.auto_renewal
          ? "Auto renewal is on: it gets one as soon as the pool holds one."
          : "It starts when a license is assigned to it.",
      ];
  }
}
