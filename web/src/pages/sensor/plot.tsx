// The plot itself: uPlot in our colours and the organization's time zone; time without a license is shaded.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { License } from "../../api";
import { plotColors, useTheme } from "../../components/plot_colors";
import { useWidth } from "../../components/use_width";
import { measured, number, time } from "../../format";
import type { Series } from "./series";
import { stateValue, usualStep, valueOf } from "./series";

interface Props {
  series: Series;
  unit: string;
  states: boolean;
  timeZone: string;
  licenses: License[] | null;
  /** A line at this value. */
  threshold?: number | null;
  words: string;
  name: string;
}

type Column = (number | null)[];

const HEIGHT = 280,
  LEAST_SPAN = 3600;

/** Columns for uPlot, with an empty point in every pause so that no line bridges it. */
function columnsOf(
  { items, resolution }: Series,
  states: boolean,
): [times: number[], low: Column, high: Column, middle: Column] {
  const at = items.map((item) => Date.parse(item.at) / 1000);
  const pause = states ? Infinity : 3 * Math.max(usualStep(at), 60);
  const times: number[] = [],
    middle: Column = [],
    low: Column = [],
    high: Column = [];
  items.forEach((item, index) => {
    const before = at[index - 1];
    if (before !== undefined && at[index]! - before > pause) {
      times.push((before + at[index]!) / 2);
      for (const column of [middle, low, high]) column.push(null);
    }
    if (before === at[index]) return; // uPlot wants rising times
    times.push(at[index]!);
    middle.push(states ? stateValue(item) : valueOf(item));
    low.push(resolution ? (item.min ?? null) : null);
    high.push(resolution ? (item.max ?? null) : null);
  });
  return [times, low, high, middle];
}

/** Shades what no license covers. */
function shadeUncovered(plot: uPlot, licenses: License[], color: string): void {
  const { left, top, width, height } = plot.bbox;
  const x = (instant: string) =>
    Math.min(left + width, Math.max(left, plot.valToPos(Date.parse(instant) / 1000, "x", true)));
  let from = left;
  const shade = (to: number) => {
    if (to > from) plot.ctx.fillRect(from, top, to - from, height);
  };
  plot.ctx.save();
  plot.ctx.fillStyle = color;
  for (const license of licenses) {
    if (license.state === "queued") continue;
    shade(x(license.starts_at));
    from = Math.max(from, x(license.expires_at));
  }
  shade(Math.min(left + width, plot.valToPos(Date.now() / 1000, "x", true)));
  plot.ctx.restore();
}

/** A dashed line across, at a limit. */
function drawThreshold(plot: uPlot, threshold: number, color: string): void {
  const { left, width } = plot.bbox;
  const y = Math.round(plot.valToPos(threshold, "y", true));
  plot.ctx.save();
  plot.ctx.strokeStyle = color;
  plot.ctx.setLineDash([6, 4]);
  plot.ctx.beginPath();
  plot.ctx.moveTo(left, y);
  plot.ctx.lineTo(left + width, y);
  plot.ctx.stroke();
  plot.ctx.restore();
}

/** From the lowest to the highest of the values and the limit, with a tenth around them. */
function rangeAround(threshold: number): uPlot.Range.Function {
  return (_, low, high) => {
    const least = Math.min(low ?? threshold, threshold);
    const most = Math.max(high ?? threshold, threshold);
    const pad = (most - least || 1) / 10;
    return [least - pad, most + pad];
  };
}

/** The seconds from the first item to the last; few items are shown amid an hour, not amid years. */
function spanOf({ items }: Series): [from: number, to: number] {
  const from = Date.parse(items[0]?.at ?? "") / 1000,
    to = Date.parse(items.at(-1)?.at ?? "") / 1000;
  const around = Math.max(0, LEAST_SPAN - (to - from)) / 2;
  return [from - around, to + around];
}

/** Whether any of the time that is shown, up to now, is without a license. */
function hasUncovered(licenses: License[], series: Series): boolean {
  let until = spanOf(series)[0] * 1000;
  for (const license of licenses) {
    if (Date.parse(license.starts_at) > until) break;
    until = Math.max(until, Date.parse(license.expires_at));
  }
  return until < Date.now();
}

function optionsFor(
  props: Props,
  width: number,
  say: (index: number | null) => void,
): uPlot.Options {
  const { states, timeZone, licenses, series, threshold } = props;
  const color = plotColors();
  const buckets = series.resolution !== null;
  const locale = navigator.language;
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone });
  const dayOf = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
  const tick = (at: number, step: number) => {
    const instant = new Date(at * 1000);
    const midnight = uPlot.tzDate(instant, timeZone);
    return step >= 86400 || (midnight.getHours() === 0 && midnight.getMinutes() === 0)
      ? dayOf.format(instant)
      : clock.format(instant); // LEAST_SPAN keeps the steps above a minute
  };
  const axis = {
    stroke: color.ink,
    font: "13px Inter",
    grid: { stroke: color.grid, width: 1 },
    ticks: { show: false },
  };
  const word = (value: number) =>
    series.items.find((item) => stateValue(item) === value)?.state ?? "";
  return {
    width,
    height: HEIGHT,
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), timeZone),
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false }, points: { size: 8 } },
    scales: {
      x: { range: () => spanOf(series) },
      y: states
        ? { range: [-0.15, 1.15] }
        : threshold != null
          ? { range: rangeAround(threshold) }
          : { range: { min: { pad: 0.1 }, max: { pad: 0.1 } } },
    },
    axes: [
      {
        ...axis,
        space: 72,
        values: (_, splits, __, ___, step) => splits.map((at) => tick(at, step)),
      },
      {
        ...axis,
        size: 52,
        ...(states ? { splits: () => [0, 1] } : {}),
        values: (_, splits) => splits.map((value) => (states ? word(value) : number(value))),
      },
    ],
    series: [
      {},
      { show: buckets, stroke: "transparent", points: { show: false } },
      { show: buckets, stroke: "transparent", points: { show: false } },
      {
        stroke: color.line,
        width: 1.5,
        spanGaps: false,
        ...(states ? { paths: uPlot.paths.stepped!({ align: 1 }), points: { show: false } } : {}),
      },
    ],
    bands: buckets ? [{ series: [2, 1], fill: color.band }] : [],
    hooks: {
      drawClear: [
        (plot) => {
          if (licenses) shadeUncovered(plot, licenses, color.bare);
        },
      ],
      draw: [
        (plot) => {
          if (threshold != null) drawThreshold(plot, threshold, color.dry);
        },
      ],
      setCursor: [(plot) => say(plot.cursor.idx ?? null)],
    },
  };
}

export function Plot(props: Props) {
  const { series, unit, states, timeZone, licenses, name } = props;
  const { ref, width } = useWidth();
  const theme = useTheme();
  const readout = useRef<HTMLParagraphElement>(null);
  const shown = width > 0;
  const made = useRef<uPlot | null>(null);
  useEffect(() => {
    if (!shown) return;
    const data = columnsOf(series, states);
    const [times, low, high, middle] = data;
    const type = series.items[0]?.type ?? "";
    const words = (value: number) => measured(value, type, series.resolution !== null);
    const said = (value: number) => (unit ? `${words(value)} ${unit}` : words(value));
    const say = (index: number | null) => {
      if (!readout.current) return;
      const value = index === null ? null : middle[index];
      if (index === null || value === null || value === undefined) {
        readout.current.textContent = "";
        return;
      }
      const at = time(new Date(times[index]! * 1000).toISOString(), timeZone);
      const range =
        series.resolution && low[index] != null && high[index] != null
          ? ` (${measured(low[index]!, type)} to ${measured(high[index]!, type)})`
          : "";
      const state = states
        ? (series.items.find((item) => stateValue(item) === value)?.state ?? "")
        : said(value);
      readout.current.textContent = `${at}: ${state}${range}`;
    };
    const plot = new uPlot(optionsFor(props, width, say), data, ref.current!);
    made.current = plot;
    // The canvas uses the page's font once it is loaded.
    void document.fonts.load("13px Inter").then(() => {
      if (made.current === plot) plot.redraw(false, true);
    });
    return () => {
      made.current = null;
      plot.destroy();
    };
  }, [shown, series, unit, states, timeZone, licenses, theme]);
  useEffect(() => made.current?.setSize({ width, height: HEIGHT }), [width]);
  const bare = licenses !== null && hasUncovered(licenses, series);
  return (
    <>
      <div class="plot-line">
        <p class="faint">
          {name}
          {unit && `, ${unit}`}
          {series.resolution && ": mean, with lowest and highest"}
          {bare && ". Shaded: no license"}
        </p>
        <p ref={readout} class="plot-readout" aria-hidden="true" />
      </div>
      <div ref={ref} class="plot" role="img" aria-label={props.words} />
    </>
  );
}
