// Spans of time, in milliseconds: what licenses cover, and what they leave out.
import type { License } from "../../api";

export interface Span {
  from: number;
  /** Exclusive. */
  until: number;
}

/** The same time in as few spans as possible, in order. */
export function merged(spans: Span[]): Span[] {
  const found: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = found[found.length - 1];
    if (last && span.from <= last.until) last.until = Math.max(last.until, span.until);
    else if (span.until > span.from) found.push({ ...span });
  }
  return found;
}

/** The parts of `whole` that no license covers, up to now. */
export function uncovered(licenses: License[], whole: Span, now: number): Span[] {
  const covered = merged(
    licenses
      .filter(({ state }) => state !== "queued")
      .map(({ starts_at, expires_at }) => ({
        from: Date.parse(starts_at),
        until: Date.parse(expires_at),
      })),
  );
  const until = Math.min(whole.until, now);
  const found: Span[] = [];
  let from = whole.from;
  for (const span of covered) {
    if (span.from >= until) break;
    if (span.from > from) found.push({ from, until: span.from });
    from = Math.max(from, span.until);
  }
  if (from < until) found.push({ from, until });
  return found;
}
