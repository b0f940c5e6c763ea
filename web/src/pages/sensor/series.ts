// Reading measurements for a plot: raw while they are few, by buckets where they are many.
import type { Measurement } from "../../api";
import { getMeasurements } from "../../api";

export type Range = "24h" | "7d" | "30d" | "all";

const HOUR_MS = 3_600_000,
  DAY_MS = 24 * HOUR_MS;
export const RANGES: { range: Range; words: string; over: string; span: number | null }[] = [
  { range: "24h", words: "24 hours", over: "in the last 24 hours", span: DAY_MS },
  { range: "7d", words: "7 days", over: "in the last 7 days", span: 7 * DAY_MS },
  { range: "30d", words: "30 days", over: "in the last 30 days", span: 30 * DAY_MS },
  { range: "all", words: "All", over: "since the first measurement", span: null },
];

/** The bucket for a span that keeps a plot under some 400 points. */
function resolutionFor(span: number): string {
  if (span <= 1.5 * DAY_MS) return "5m";
  if (span <= 8 * DAY_MS) return "1h";
  if (span <= 35 * DAY_MS) return "3h";
  if (span <= 150 * DAY_MS) return "12h";
  return span <= 400 * DAY_MS ? "1d" : "7d";
}

const PAGE = 1000,
  RAW_PAGES = 2,
  STATE_PAGES = 5;

export interface Series {
  items: Measurement[];
  /** The bucket's length where the items are buckets. */
  resolution: string | null;
  /** More exist than were read. */
  cut: boolean;
}

export interface Wanted {
  organization: string;
  serial: string;
  channel: number;
  states: boolean;
  range: Range;
}

async function readPages(
  wanted: Wanted,
  from: string | undefined,
  resolution: string | null,
  pages: number,
  signal: AbortSignal,
): Promise<Series> {
  const items: Measurement[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page++) {
    const list: { items: Measurement[]; next: string | null } = await getMeasurements(
      wanted.organization,
      wanted.serial,
      {
        channel: wanted.channel,
        from,
        limit: PAGE,
        cursor,
        ...(resolution ? { resolution } : {}),
      },
      signal,
    );
    items.push(...list.items);
    cursor = list.next;
    if (cursor === null) break;
  }
  return { items, resolution, cut: cursor !== null };
}

export async function readSeries(wanted: Wanted, signal: AbortSignal): Promise<Series> {
  const span = RANGES.find(({ range }) => range === wanted.range)!.span;
  let from =
    span === null ? undefined : new Date(Date.now() - span).toISOString().replace(/\.\d+Z$/, "Z");
  if (wanted.states) return readPages(wanted, from, null, STATE_PAGES, signal);
  let length = span;
  if (length === null) {
    const first = await getMeasurements(
      wanted.organization,
      wanted.serial,
      { channel: wanted.channel, limit: 1 },
      signal,
    );
    if (first.items.length === 0) return { items: [], resolution: null, cut: false };
    from = first.items[0]!.at;
    length = Date.now() - Date.parse(from);
  }
  if (length <= 1.5 * DAY_MS) {
    const raw = await readPages(wanted, from, null, RAW_PAGES, signal);
    if (!raw.cut) return raw;
  }
  return readPages(wanted, from, resolutionFor(length), STATE_PAGES, signal);
}

/** The value of the plot's line: the mean of a bucket, otherwise the value; none for a sensor error. */
export function valueOf(item: Measurement): number | null {
  return item.mean ?? item.value ?? null;
}

const QUIET_STATES = new Set(["ok", "dry", "off", "closed"]);

export function stateValue(item: Measurement): number | null {
  return item.state ? (QUIET_STATES.has(item.state) ? 0 : 1) : null;
}

/** Median distance of neighbours in seconds: a pause of three of these is a gap in the line. */
export function usualStep(at: number[]): number {
  const steps = at
    .slice(1)
    .map((time, index) => time - at[index]!)
    .sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}
