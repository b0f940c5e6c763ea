// Drawn around the line of a plot: time without a license, a limit, buckets alone, sensor errors.
import type uPlot from "uplot";
import type { Columns } from "./columns";
import { alone } from "./columns";
import type { Span } from "./spans";

const MARGIN = 6,
  ARM = 3;

/** Shades what no license covers, and names it where there is room. */
export function shadeBare(plot: uPlot, bare: Span[], color: string, ink: string): void {
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  const { ctx } = plot;
  const x = (ms: number) =>
    Math.min(left + width, Math.max(left, plot.valToPos(ms / 1000, "x", true)));
  ctx.save();
  ctx.font = `${13 * ratio}px Inter`;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  const words = "no license";
  for (const span of bare) {
    const from = x(span.from),
      to = x(span.until);
    if (to <= from) continue;
    ctx.fillStyle = color;
    ctx.fillRect(from, top, Math.max(ratio, to - from), height);
    ctx.fillStyle = ink;
    if (ctx.measureText(words).width + 2 * MARGIN * ratio <= to - from)
      ctx.fillText(words, (from + to) / 2, top + MARGIN * ratio);
  }
  ctx.restore();
}

/** A dashed line across, at a limit. */
export function drawThreshold(plot: uPlot, threshold: number, color: string): void {
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

/** The band of a bucket alone would have no width: it is a bar. */
export function drawBars(plot: uPlot, { times, low, high, middle }: Columns, color: string): void {
  const ratio = devicePixelRatio;
  plot.ctx.save();
  plot.ctx.strokeStyle = color;
  plot.ctx.lineWidth = 2 * ratio;
  plot.ctx.beginPath();
  for (const index of alone(middle)) {
    const x = plot.valToPos(times[index]!, "x", true);
    if (low[index] == null || high[index] == null) continue;
    plot.ctx.moveTo(x, plot.valToPos(low[index]!, "y", true));
    plot.ctx.lineTo(x, plot.valToPos(high[index]!, "y", true));
  }
  plot.ctx.stroke();
  plot.ctx.restore();
}

/** A small cross at the foot for each sensor error. */
export function drawErrors(plot: uPlot, errors: number[], color: string): void {
  const ratio = devicePixelRatio,
    arm = ARM * ratio;
  const y = plot.bbox.top + plot.bbox.height - MARGIN * ratio;
  plot.ctx.save();
  plot.ctx.strokeStyle = color;
  plot.ctx.lineWidth = 1.5 * ratio;
  plot.ctx.beginPath();
  for (const at of errors) {
    const x = plot.valToPos(at, "x", true);
    plot.ctx.moveTo(x - arm, y - arm);
    plot.ctx.lineTo(x + arm, y + arm);
    plot.ctx.moveTo(x - arm, y + arm);
    plot.ctx.lineTo(x + arm, y - arm);
  }
  plot.ctx.stroke();
  plot.ctx.restore();
}
