// Licenses as bars on one axis of time, today as a line.
import type { License } from "../../api";
import { useWidth } from "../../components/use_width";
import { date, day } from "../../format";

const HEIGHT = 72,
  BAR_TOP = 24,
  BAR_HEIGHT = 16,
  AXIS = 48;
const DAY_MS = 86_400_000;

interface Tick {
  at: number;
  words: string;
}

/** Years, or quarters where that would be too few. */
function ticksBetween(from: number, to: number, room: number): Tick[] {
  const months = (to - from) / (30.4 * DAY_MS);
  const step = [1, 3, 6, 12, 24, 60].find((size) => months / size <= room / 80) ?? 120;
  const ticks: Tick[] = [];
  const start = new Date(from);
  for (let month = Math.floor(start.getUTCMonth() / step) * step; ; month += step) {
    const at = Date.UTC(start.getUTCFullYear(), month, 1);
    if (at > to) return ticks;
    if (at < from) continue;
    const words =
      step < 12
        ? new Date(at).toLocaleDateString(navigator.language, {
            month: "short",
            year: "numeric",
            timeZone: "UTC",
          })
        : String(new Date(at).getUTCFullYear());
    ticks.push({ at, words });
  }
}

export function Timeline({ licenses, timeZone }: { licenses: License[]; timeZone: string }) {
  const { ref, width } = useWidth();
  const now = Date.now();
  const starts = licenses.map(({ starts_at }) => Date.parse(starts_at));
  const ends = licenses.map(({ expires_at }) => Date.parse(expires_at));
  const first = Math.min(now, ...starts),
    last = Math.max(now, ...ends);
  const margin = Math.max(DAY_MS, (last - first) * 0.04);
  const from = first - margin,
    to = last + margin;
  const x = (at: number) => Math.round(((at - from) / (to - from)) * width);
  const words = licenses
    .map(
      (license) =>
        `${license.state} from ${day(license.starts_at, timeZone)} to ${date(license.last_day)}`,
    )
    .join("; ");
  return (
    <div ref={ref} class="timeline">
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={`Timeline of licenses: ${words}`}>
          <line class="timeline-axis" x1={0} x2={width} y1={AXIS} y2={AXIS} />
          {ticksBetween(from, to, width).map(({ at, words: label }) => (
            <g key={at}>
              <line class="timeline-axis" x1={x(at)} x2={x(at)} y1={AXIS} y2={AXIS + 4} />
              {x(at) > 20 && x(at) < width - 20 && (
                <text class="timeline-tick" x={x(at)} y={AXIS + 19} text-anchor="middle">
                  {label}
                </text>
              )}
            </g>
          ))}
          {licenses.map((license, index) => (
            <rect
              key={license.id}
              class={`timeline-bar timeline-${license.state}`}
              x={x(starts[index]!) + 1}
              y={BAR_TOP}
              width={Math.max(2, x(ends[index]!) - x(starts[index]!) - 2)}
              height={BAR_HEIGHT}
              rx={3}
            />
          ))}
          <line class="timeline-now" x1={x(now)} x2={x(now)} y1={16} y2={AXIS + 4} />
          <text
            class="timeline-today"
            x={Math.min(Math.max(x(now), 20), width - 20)}
            y={11}
            text-anchor="middle"
          >
            today
          </text>
        </svg>
      )}
    </div>
  );
}
