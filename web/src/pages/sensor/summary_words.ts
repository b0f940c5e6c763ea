// A plot in words, for those who do not see it and those in a hurry.
import { channelType, count, measured as inWords, number, time } from "../../format";
import { stateValue, valueOf } from "./columns";
import type { Series } from "./series";
import type { Span } from "./spans";

interface Summary {
  series: Series;
  type: string;
  unit: string;
  /** Of a binary channel: the words of its states, the quiet one first. */
  states: [string, string] | null;
  over: string;
  timeZone: string;
}

const NAMED = 3;

export function summaryOf(summary: Summary): string {
  const { series, states } = summary;
  if (!states) return valuesOf(summary);
  return series.resolution === null ? changesOf(summary, states) : shareOf(summary, states);
}

/** The changes of a state. */
function changesOf({ series, type, over, timeZone }: Summary, states: [string, string]): string {
  const { items, before } = series;
  const name = channelType(type);
  const latest = items[items.length - 1];
  if (!latest) return `${name}: no change ${over}. The state is “${states[before === 1 ? 1 : 0]}”.`;
  const raised = items.filter((item, index) => {
    const last = index === 0 ? before : stateValue(items[index - 1]!);
    return stateValue(item) === 1 && last !== 1;
  }).length;
  const good = items.filter((item) => stateValue(item) !== null);
  const counted =
    raised > 0
      ? count(raised, `time “${states[1]}”`, `times “${states[1]}”`)
      : good.length === 0
        ? "only sensor errors"
        : good.every((item) => stateValue(item) === 1)
          ? `always “${states[1]}”`
          : `no time “${states[1]}”`;
  const state = latest.state ?? "sensor error";
  return `${name}: ${counted} ${over}. Latest: ${state}, ${time(latest.at, timeZone)}.`;
}

/** The share of the time in a state, of so many changes that they are read as buckets. */
function shareOf({ series, type, over }: Summary, states: [string, string]): string {
  const good = series.items.filter(({ mean }) => mean !== null && mean !== undefined);
  const share = good.reduce((sum, { mean }) => sum + mean!, 0) / Math.max(1, good.length);
  return `${channelType(type)}: “${states[1]}” ${number(Math.round(share * 100))}\u00a0% of the time ${over}.`;
}

function valuesOf({ series, type, unit, over, timeZone }: Summary): string {
  const { items } = series;
  const at = (instant: string) => time(instant, timeZone);
  const measured = items.reduce((sum, item) => sum + (item.count ?? 1), 0);
  const good = items.filter((item) => valueOf(item) !== null);
  const head = `${channelType(type)}: ${count(measured, "measurement", "measurements")} ${over}`;
  if (good.length === 0) return `${head}, all of them sensor errors.`;
  const low = good.reduce((a, b) => ((b.min ?? valueOf(b)!) < (a.min ?? valueOf(a)!) ? b : a));
  const high = good.reduce((a, b) => ((b.max ?? valueOf(b)!) > (a.max ?? valueOf(a)!) ? b : a));
  const weight = good.reduce((sum, item) => sum + (item.count ?? 1), 0);
  const mean = good.reduce((sum, item) => sum + valueOf(item)! * (item.count ?? 1), 0) / weight;
  const said = (value: number, isMean = false) => {
    const words = inWords(value, type, isMean);
    return unit ? `${words}\u00a0${unit}` : words;
  };
  const errors = items.length - good.length;
  return (
    `${head}. Lowest ${said(low.min ?? valueOf(low)!)} (${at(low.at)}), highest ${said(high.max ?? valueOf(high)!)} ` +
    `(${at(high.at)}), mean ${said(mean, true)}.` +
    (errors > 0 ? ` ${count(errors, "sensor error", "sensor errors")}.` : "")
  );
}

/** The time without a license within what is shown, or "". */
export function bareWords(bare: Span[], shown: Span, timeZone: string): string {
  if (bare.length === 0) return "";
  const at = (ms: number) => time(new Date(ms).toISOString(), timeZone);
  const spans = bare.map(({ from, until }) => {
    if (until >= shown.until) return from <= shown.from ? "all of this time" : `since ${at(from)}`;
    return from <= shown.from ? `until ${at(until)}` : `from ${at(from)} to ${at(until)}`;
  });
  const rest = spans.length - NAMED;
  const named = spans.slice(0, NAMED);
  return `No license ${[...named, ...(rest > 0 ? [`and ${count(rest, "more time", "more times")}`] : [])].join(", ")}.`;
}
