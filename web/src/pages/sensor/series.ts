// Reading measurements for a plot: raw while they are few, by buckets where they are many.
import type { Measurement } from "../../api";
import { getMeasurements } from "../../api";
import type { Span } from "./spans";
import { merged } from "./spans";

export type Range = "24h" | "7d" | "30d" | "all";

const HOUR_MS = 3_600_000,
  DAY_MS = 24 * HOUR_MS;
export const RANGES: { range: Range; words: string; over: string; span: number | null }[] = [
  { range: "24h", words: "24 hours", over: "in the last 24 hours", span: DAY_MS },
  { range: "7d", words: "7 days", over: "in the last 7 days", span: 7 * DAY_MS },
  { range: "30d", words: "30 days", over: "in the last 30 days", span: 30 * DAY_MS },
  { range: "all", words: "All", over: "since the first measurement", span: null },
];

/** The bucket for a span that keeps a plot under some 400 points, in seconds. */
function resolutionFor(span: number): number {
  if (span <= 1.5 * DAY_MS) return 300;
  if (span <= 8 * DAY_MS) return 3600;
  if (span <= 35 * DAY_MS) return 3 * 3600;
  if (span <= 150 * DAY_MS) return 12 * 3600;
  return (span <= 400 * DAY_MS ? 1 : 7) * 86_400;
}

const PAGE = 1000,
  RAW_PAGES = 2,
  STATE_PAGES = 5;

export interface Series {
  items: Measurement[];
  /** The bucket's length in seconds if the items are buckets. */
  resolution: number | null;
  /** More exist than were read. */
  cut: boolean;
  /** The range that was asked for. */
  shown: Span;
  /** When the states of a binary channel hold; null for values. */
  held: Span[] | null;
  /** The state that holds when the range begins, sent before it: 0 or 1. */
  before: number | null;
}

export interface Channel {
  organization: string;
  serial: string;
  channel: number;
  type: string;
  states: boolean;
}

export interface Wanted extends Channel {
  range: Range;
}

interface Pages {
  items: Measurement[];
  cut: boolean;
}

/** An instant of the API, from milliseconds. */
export const instant = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

async function readPages(
  { organization, serial, channel, type }: Channel,
  between: { from: string; to?: string },
  resolution: number | null,
  pages: number,
  signal: AbortSignal,
): Promise<Pages> {
  const items: Measurement[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page++) {
    const list: { items: Measurement[]; next: string | null } = await getMeasurements(
      organization,
      serial,
      {
        channel,
        ...between,
        limit: PAGE,
        cursor,
        ...(resolution ? { resolution: `${resolution}s` } : {}),
      },
      signal,
    );
    // The channel of a sensor may have had another type.
    items.push(...list.items.filter((item) => item.type === type));
    cursor = list.next;
    if (cursor === null) break;
  }
  return { items, cut: cursor !== null };
}

/** Reads a span; `open`: also samples after it, from a sensor whose clock is ahead. */
export async function readSpan(
  channel: Channel,
  shown: Span,
  open: boolean,
  signal: AbortSignal,
): Promise<Series> {
  const between = { from: instant(shown.from), ...(open ? {} : { to: instant(shown.until) }) };
  const length = shown.until - shown.from;
  const resolution = resolutionFor(length);
  const raw = (pages: number) => readPages(channel, between, null, pages, signal);
  const buckets = () => readPages(channel, between, resolution, STATE_PAGES, signal);
  const rest = { shown, held: null, before: null };
  if (channel.states) {
    const [changes, states] = await Promise.all([raw(STATE_PAGES), buckets()]);
    if (changes.cut) return { ...states, ...rest, resolution };
    return { ...changes, resolution: null, shown, ...heldOf(states.items, resolution) };
  }
  if (length <= 1.5 * DAY_MS) {
    const values = await raw(RAW_PAGES);
    if (!values.cut) return { ...values, ...rest, resolution: null };
  }
  return { ...(await buckets()), ...rest, resolution };
}

/** The time of the first measurement of the channel. */
async function firstAt(wanted: Wanted, signal: AbortSignal): Promise<number | null> {
  const { organization, serial, channel } = wanted;
  const first = await getMeasurements(organization, serial, { channel, limit: 1 }, signal);
  return first.items[0] ? Date.parse(first.items[0].at) : null;
}

export async function readSeries(wanted: Wanted, signal: AbortSignal): Promise<Series> {
  const until = Date.now();
  const span = RANGES.find(({ range }) => range === wanted.range)!.span;
  const first = span === null ? await firstAt(wanted, signal) : until - span;
  const from = Math.floor(Math.min(first ?? until, until - HOUR_MS) / 1000) * 1000;
  return readSpan(wanted, { from, until }, true, signal);
}

/** A bucket has a mean if a state holds in it; one without a sample has the state from before. */
function heldOf(buckets: Measurement[], resolution: number): Pick<Series, "held" | "before"> {
  const spans = buckets
    .filter(({ mean }) => mean !== null && mean !== undefined)
    .map(({ at }) => ({ from: Date.parse(at), until: Date.parse(at) + resolution * 1000 }));
  const [first] = buckets;
  return { held: merged(spans), before: first?.count === 0 ? (first.mean ?? null) : null };
}
