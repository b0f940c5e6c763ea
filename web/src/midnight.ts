// The first instant of a local day: the browser knows the zones, but only the way from instants to local time.

const MINUTE_MS = 60_000;

/** The local time of an instant, as if it were UTC. */
function wall(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
}

/** RFC 3339 in UTC. If clocks skip midnight, it is the instant of the skip. */
export function midnight(day: string, timeZone: string): string {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  let at = wanted;
  for (let turn = 0; turn < 3; turn++) at += wanted - wall(at, timeZone);
  if (wall(at, timeZone) < wanted) at += wanted - wall(at, timeZone);
  return new Date(Math.round(at / MINUTE_MS) * MINUTE_MS).toISOString().replace(".000Z", "Z");
}
