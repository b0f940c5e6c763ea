// A plot in words, for those who do not see it and those in a hurry.
import { count, measured as inWords, time } from "../../format";
import type { Series } from "./series";
import { stateValue, valueOf } from "./series";

export function summaryOf(
  series: Series,
  name: string,
  unit: string,
  states: boolean,
  over: string,
  timeZone: string,
): string {
  const { items } = series;
  const latest = items[items.length - 1]!;
  const at = (instant: string) => time(instant, timeZone);
  if (states) {
    const raised = items.filter(
      (item, index) =>
        stateValue(item) === 1 && (index === 0 || stateValue(items[index - 1]!) === 0),
    ).length;
    const word = items.find((item) => stateValue(item) === 1)?.state;
    return (
      `${name}: ${word ? count(raised, `time “${word}”`, `times “${word}”`) : `always “${latest.state}”`} ${over}. ` +
      `Latest: ${latest.state ?? "unknown"}, ${at(latest.at)}.`
    );
  }
  const measured = items.reduce((sum, item) => sum + (item.count ?? 1), 0);
  const good = items.filter((item) => valueOf(item) !== null);
  const head = `${name}: ${count(measured, "measurement", "measurements")} ${over}`;
  if (good.length === 0) return `${head}, all of them sensor errors.`;
  const low = good.reduce((a, b) => ((b.min ?? valueOf(b)!) < (a.min ?? valueOf(a)!) ? b : a));
  const high = good.reduce((a, b) => ((b.max ?? valueOf(b)!) > (a.max ?? valueOf(a)!) ? b : a));
  const weight = good.reduce((sum, item) => sum + (item.count ?? 1), 0);
  const mean = good.reduce((sum, item) => sum + valueOf(item)! * (item.count ?? 1), 0) / weight;
  const said = (value: number, isMean = false) => {
    const words = inWords(value, latest.type, isMean);
    return unit ? `${words}\u00a0${unit}` : words;
  };
  const errors = items.length - good.length;
  return (
    `${head}. Lowest ${said(low.min ?? valueOf(low)!)} (${at(low.at)}), highest ${said(high.max ?? valueOf(high)!)} ` +
    `(${at(high.at)}), mean ${said(mean, true)}.` +
    (errors > 0 ? ` ${count(errors, "sensor error", "sensor errors")}.` : "")
  );
}
