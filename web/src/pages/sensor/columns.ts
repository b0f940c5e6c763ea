// The measurements of a plot as columns: every saved value, and an empty place in every gap.
import type { Measurement } from "../../api";
import type { Series } from "./series";
import type { Span } from "./spans";

/** The value of the plot's line: the mean of a bucket, otherwise the value; none for a sensor error. */
export function valueOf(item: Measurement): number | null {
  return item.mean ?? item.value ?? null;
}

const QUIET_STATES = new Set(["ok", "dry", "off", "closed"]);

export function stateValue(item: Measurement): number | null {
  return item.state ? (QUIET_STATES.has(item.state) ? 0 : 1) : null;
}

export const isError = ({ error_code }: Measurement) =>
  error_code !== undefined && error_code !== null;

type Column = (number | null)[];

export interface Columns {
  /** Seconds, rising. */
  times: number[];
  low: Column;
  high: Column;
  middle: Column;
  /** The times of sensor errors. */
  errors: number[];
}

const NEIGHBOURS = 5,
  PERIODS = 3,
  LEAST_PERIOD = 60,
  FULL_BUCKET = 3;

/** The lower median: of two steps the shorter one. */
function usual(steps: number[]): number {
  const sorted = [...steps].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

const alike = (a: number | undefined, b: number) =>
  a !== undefined && Math.abs(a - b) <= b / 50;

/**
 * Whether a gap follows each of the rising times, in seconds. The steps around show the period of
 * the sensor, which may change: a gap is longer than three of the steps before and after it.
 * Without such steps, and where two steps are alike, the step is the period.
 */
export function gapsAfter(at: number[]): boolean[] {
  const steps = at.slice(1).map((time, index) => time - at[index]!);
  return steps.map((step, index) => {
    const left = usual(steps.slice(Math.max(0, index - NEIGHBOURS), index));
    const right = usual(steps.slice(index + 1, index + 1 + NEIGHBOURS));
    if (left === 0 && right === 0) return false;
    if (alike(steps[index - 1], step) || alike(steps[index + 1], step)) return false;
    return step > PERIODS * Math.max(left, right, LEAST_PERIOD);
  });
}

/** The same for buckets: between buckets with several measurements, a missing one is a gap. */
function bucketGapsAfter(items: Measurement[], at: number[], resolution: number): boolean[] {
  const full = (index: number) => (items[index]?.count ?? 0) >= FULL_BUCKET;
  return gapsAfter(at).map((gap, index) => {
    if (full(index) && full(index + 1)) return at[index + 1]! - at[index]! > 1.5 * resolution;
    return gap;
  });
}

const overlaps = (spans: Span[], from: number, until: number) =>
  spans.some((span) => span.from < until && span.until > from);

class Building implements Columns {
  times: number[] = [];
  low: Column = [];
  high: Column = [];
  middle: Column = [];
  errors: number[] = [];

  add(time: number, middle: number | null, low: number | null = null, high = low): void {
    if (this.times.length > 0 && time <= this.times[this.times.length - 1]!) return;
    this.times.push(time);
    this.middle.push(middle);
    this.low.push(low);
    this.high.push(high);
  }
}

/** Values are joined by lines; no line bridges a gap, or time without a license. */
function valueColumns({ items, resolution, shown }: Series, bare: Span[]): Columns {
  const columns = new Building();
  const at = items.map((item) => Date.parse(item.at) / 1000);
  const gaps = resolution ? bucketGapsAfter(items, at, resolution) : gapsAfter(at);
  items.forEach((item, index) => {
    const time = at[index]!,
      next = at[index + 1];
    // A bucket may begin before the range.
    columns.add(
      Math.max(time, shown.from / 1000),
      valueOf(item),
      resolution ? (item.min ?? null) : null,
      resolution ? (item.max ?? null) : null,
    );
    if (isError(item)) columns.errors.push(time);
    if (next === undefined) return;
    const end = time + (resolution ?? 0);
    if (gaps[index] || overlaps(bare, end * 1000, next * 1000))
      columns.add((Math.max(end < next ? end : time, shown.from / 1000) + next) / 2, null);
  });
  return columns;
}

/** Until when the state of `from` holds: as the server says, and while a license covers it. */
function holdsUntil(from: number, next: number, held: Span[], bare: Span[]): number {
  const holding = held.find((span) => span.from <= from && span.until > from);
  const ends = bare.find((span) => span.from > from)?.from ?? Infinity;
  return Math.min(next, holding ? holding.until : from, ends);
}

/** A state holds until the next one, but no longer than the server says. */
function stateColumns({ items, shown, held, before }: Series, bare: Span[], now: number): Columns {
  const columns = new Building();
  const changes = items.map((item) => ({ at: Date.parse(item.at), value: stateValue(item), item }));
  const add = (at: number, value: number | null, next: number) => {
    columns.add(at / 1000, value);
    if (value === null) return;
    const end = holdsUntil(at, next, held ?? [], bare);
    if (end > at && end < next) columns.add(end / 1000, value);
    if (end < next) columns.add((end + next) / 2000, null);
  };
  if (before !== null) add(shown.from, before, changes[0]?.at ?? now);
  changes.forEach(({ at, value, item }, index) => {
    if (isError(item)) columns.errors.push(at / 1000);
    add(at, value, changes[index + 1]?.at ?? Math.max(now, at));
  });
  const last = columns.middle[columns.middle.length - 1];
  if (last !== undefined && last !== null) columns.add(now / 1000, last);
  return columns;
}

/** `bare`: the time without a license, where it is known. */
export function columnsOf(series: Series, states: boolean, bare: Span[]): Columns {
  return states && series.resolution === null
    ? stateColumns(series, bare, series.shown.until)
    : valueColumns(series, bare);
}

/** The places of values that no line reaches. */
export function alone(middle: Column): number[] {
  const found: number[] = [];
  const empty = (index: number) => middle[index] === null || middle[index] === undefined;
  middle.forEach((value, index) => {
    if (value !== null && empty(index - 1) && empty(index + 1)) found.push(index);
  });
  return found;
}

/** The axis of time, in seconds: the range, and a sample whose clock is slightly ahead. */
export function axisOf({ shown, items }: Series): [from: number, until: number] {
  const last = items[items.length - 1];
  return [shown.from / 1000, Math.max(shown.until, last ? Date.parse(last.at) : 0) / 1000];
}
