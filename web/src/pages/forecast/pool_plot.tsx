// Licenses left over time as steps, the day up to which the pool lasts marked.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Forecast } from "../../api";
import { plotColors, useTheme } from "../../components/plot_colors";
import { useWidth } from "../../components/use_width";
import { date, number } from "../../format";

const HEIGHT = 280;
const seconds = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000;

type Columns = [number[], number[]];

/** Dates as seconds in UTC: no zone moves them. */
function columnsOf({ series }: Forecast): Columns {
  return [series.map((point) => seconds(point.date)), series.map((point) => point.licenses_left)];
}

/** A line and a label where a renewal finds the pool empty. */
function markDry(plot: uPlot, on: string, color: string): void {
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  const x = Math.round(plot.valToPos(seconds(on), "x", true));
  const words = `lasts until ${date(on)}`;
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = color;
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.font = `500 ${13 * ratio}px Inter`;
  ctx.textBaseline = "top";
  const room = ctx.measureText(words).width + 8 * ratio;
  const after = x + room < left + width;
  ctx.textAlign = after ? "left" : "right";
  ctx.fillText(words, x + (after ? 6 : -6) * ratio, top + 2 * ratio);
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(x, plot.valToPos(0, "y", true), 4 * ratio, 0, 2 * Math.PI);
  ctx.fill();
  ctx.restore();
}

function optionsFor(
  plan: Forecast,
  width: number,
  say: (index: number | null) => void,
): uPlot.Options {
  const color = plotColors();
  const axis = {
    stroke: color.ink,
    font: "13px Inter",
    grid: { stroke: color.grid, width: 1 },
    ticks: { show: false },
  };
  const most = Math.max(1, ...plan.series.map((point) => point.licenses_left));
  const month = new Intl.DateTimeFormat(navigator.language, {
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  return {
    width,
    height: HEIGHT,
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "UTC"),
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false }, points: { size: 8 } },
    scales: { y: { range: [0, most * 1.15] } },
    axes: [
      {
        ...axis,
        space: 88,
        values: (_, splits, __, ___, step) =>
          splits.map((at) =>
            step >= 28 * 86400
              ? month.format(new Date(at * 1000))
              : date(new Date(at * 1000).toISOString().slice(0, 10)),
          ),
      },
      {
        ...axis,
        size: 52,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000],
        values: (_, splits) => splits.map((value) => number(value)),
      },
    ],
    series: [
      {},
      {
        stroke: color.line,
        fill: color.band,
        width: 2,
        paths: uPlot.paths.stepped!({ align: 1 }),
        points: { show: false },
      },
    ],
    hooks: {
      draw: [
        (plot) => {
          if (plan.runs_dry_on) markDry(plot, plan.runs_dry_on, color.dry);
        },
      ],
      setCursor: [(plot) => say(plot.cursor.idx ?? null)],
    },
  };
}

export function PoolPlot({ plan, words }: { plan: Forecast; words: string }) {
  const { ref, width } = useWidth();
  const theme = useTheme();
  const readout = useRef<HTMLParagraphElement>(null);
  const made = useRef<uPlot | null>(null);
  const shown = width > 0;
  useEffect(() => {
    if (!shown) return;
    const say = (index: number | null) => {
      const point = index === null ? undefined : plan.series[index];
      if (readout.current)
        readout.current.textContent = point
          ? `${date(point.date)}: ${number(point.licenses_left)} left`
          : "";
    };
    const plot = new uPlot(optionsFor(plan, width, say), columnsOf(plan), ref.current!);
    made.current = plot;
    // The canvas uses the page's font once it is loaded.
    void document.fonts.load("500 13px Inter").then(() => {
      if (made.current === plot) plot.redraw(false, true);
    });
    return () => {
      made.current = null;
      plot.destroy();
    };
  }, [shown, plan, theme]);
  useEffect(() => made.current?.setSize({ width, height: HEIGHT }), [width]);
  return (
    <div>
      <div class="plot-line">
        <p class="faint">Licenses left in the pool</p>
        <p ref={readout} class="plot-readout" aria-hidden="true" />
      </div>
      <div ref={ref} class="plot" role="img" aria-label={`Licenses left over time. ${words}`} />
    </div>
  );
}
