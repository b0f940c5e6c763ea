// The plot itself: uPlot in our colours and the organization's time zone; time without a license is shaded.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { plotColors, useTheme } from "../../components/plot_colors";
import { useWidth } from "../../components/use_width";
import { measured, number, time } from "../../format";
import type { Columns } from "./columns";
import { alone, axisOf, columnsOf } from "./columns";
import { drawBars, drawErrors, drawThreshold, shadeBare } from "./marks";
import type { Series } from "./series";
import type { Span } from "./spans";

interface Props {
  series: Series;
  /** The type of the channel. */
  type: string;
  unit: string;
  /** Of a binary channel: the words of its states, the quiet one first. */
  states: [string, string] | null;
  timeZone: string;
  /** The time without a license. */
  bare: Span[];
  /** A line at this value. */
  threshold?: number | null;
  words: string;
  name: string;
}

/** The drawn data. They change while the plot stays. */
interface Drawn {
  props: Props;
  columns: Columns;
}

type Now = () => Drawn;

const HEIGHT = 280;

const dataOf = ({ times, low, high, middle }: Columns): uPlot.AlignedData => [
  times,
  low,
  high,
  middle,
];

/** From the lowest to the highest of the values and the limit, with a tenth around them. */
function rangeAround(threshold: number): uPlot.Range.Function {
  return (_, low, high) => {
    const least = Math.min(low ?? threshold, threshold);
    const most = Math.max(high ?? threshold, threshold);
    const pad = (most - least || 1) / 10;
    return [least - pad, most + pad];
  };
}

function ticksIn(timeZone: string) {
  const locale = navigator.language;
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone });
  const dayOf = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
  return (at: number, step: number) => {
    const instant = new Date(at * 1000);
    const midnight = uPlot.tzDate(instant, timeZone);
    return step >= 86400 || (midnight.getHours() === 0 && midnight.getMinutes() === 0)
      ? dayOf.format(instant)
      : clock.format(instant); // a range is at least an hour long: the steps are above a minute
  };
}

function axesOf({ states, timeZone }: Props, ink: string, grid: string): uPlot.Axis[] {
  const tick = ticksIn(timeZone);
  const axis = {
    stroke: ink,
    font: "13px Inter",
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...axis,
      space: 72,
      values: (_, splits, __, ___, step) => splits.map((at) => tick(at, step)),
    },
    {
      ...axis,
      size: 52,
      ...(states ? { splits: () => [0, 1] } : {}),
      values: (_, splits) => splits.map((value) => states?.[value] ?? number(value)),
    },
  ];
}

function optionsFor(props: Props, width: number, now: Now, say: () => void): uPlot.Options {
  const { states, timeZone, threshold, series } = props;
  const color = plotColors();
  const buckets = series.resolution !== null;
  const stepped = states && !buckets;
  return {
    width,
    height: HEIGHT,
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), timeZone),
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false }, points: { size: 8 } },
    scales: {
      x: { range: () => axisOf(now().props.series) },
      y: states
        ? { range: [-0.15, 1.15] }
        : threshold != null
          ? { range: rangeAround(threshold) }
          : { range: { min: { pad: 0.1 }, max: { pad: 0.1 } } },
    },
    axes: axesOf(props, color.ink, color.grid),
    series: [
      {},
      { show: buckets, stroke: "transparent", points: { show: false } },
      { show: buckets, stroke: "transparent", points: { show: false } },
      {
        stroke: color.line,
        width: 1.5,
        spanGaps: false,
        // A value without neighbours has no line: it is a dot, however many values there are.
        points: {
          ...(stepped ? { show: false } : {}),
          filter: (_, __, all) => (all ? null : alone(now().columns.middle)),
        },
        ...(stepped ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
      },
    ],
    bands: buckets ? [{ series: [2, 1], fill: color.band }] : [],
    hooks: {
      drawClear: [(plot) => shadeBare(plot, now().props.bare, color.bare, color.ink)],
      draw: [
        (plot) => {
          if (buckets) drawBars(plot, now().columns, color.line);
          drawErrors(plot, now().columns.errors, color.dry);
          if (threshold != null) drawThreshold(plot, threshold, color.dry);
        },
      ],
      setCursor: [say],
    },
  };
}

/** The value under the cursor in words, or "". */
function readoutOf({ props, columns }: Drawn, index: number | null | undefined): string {
  const { type, unit, states, timeZone, series } = props;
  const value = index == null ? null : columns.middle[index];
  if (index == null || value === null || value === undefined) return "";
  const at = time(new Date(columns.times[index]! * 1000).toISOString(), timeZone);
  if (states) {
    const share = `${states[1]} ${number(Math.round(value * 100))}\u00a0% of the time`;
    return `${at}: ${series.resolution ? share : states[value as 0 | 1]}`;
  }
  const words = measured(value, type, series.resolution !== null);
  const low = columns.low[index],
    high = columns.high[index];
  const range =
    low != null && high != null ? ` (${measured(low, type)} to ${measured(high, type)})` : "";
  return `${at}: ${unit ? `${words}\u00a0${unit}` : words}${range}`;
}

export function Plot(props: Props) {
  const { series, unit, states, timeZone, name, bare, type } = props;
  const { ref, width } = useWidth();
  const theme = useTheme();
  const readout = useRef<HTMLParagraphElement>(null);
  const made = useRef<uPlot | null>(null);
  const columns = columnsOf(series, states !== null, bare);
  const drawn = useRef<Drawn>({ props, columns });
  drawn.current = { props, columns };
  const shown = width > 0;
  const binary = states !== null,
    buckets = series.resolution !== null;
  useEffect(() => {
    if (!shown) return;
    const say = () => {
      if (readout.current)
        readout.current.textContent = readoutOf(drawn.current, made.current?.cursor.idx);
    };
    const options = optionsFor(drawn.current.props, width, () => drawn.current, say);
    const plot = new uPlot(options, dataOf(drawn.current.columns), ref.current!);
    made.current = plot;
    // The canvas uses the page's font once it is loaded.
    void document.fonts.load("13px Inter").then(() => {
      if (made.current === plot) plot.redraw(false, true);
    });
    return () => {
      made.current = null;
      plot.destroy();
    };
  }, [shown, type, unit, binary, buckets, timeZone, theme]);
  // New measurements are drawn into the same plot: the cursor stays.
  useEffect(() => made.current?.setData(dataOf(columns)), [series, bare]);
  useEffect(() => made.current?.setSize({ width, height: HEIGHT }), [width]);
  return (
    <>
      <div class="plot-line">
        <p class="faint">
          {name}
          {unit && `, ${unit}`}
          {buckets && (binary ? ": share of the time" : ": mean, with lowest and highest")}
          {bare.length > 0 && ". Shaded: no license"}
          {columns.errors.length > 0 && ". ×: sensor error"}
        </p>
        <p ref={readout} class="plot-readout" aria-hidden="true" />
      </div>
      <div ref={ref} class="plot" role="img" aria-label={props.words} />
    </>
  );
}
