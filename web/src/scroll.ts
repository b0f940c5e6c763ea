// The scroll position of each step of the history: back, forward and a reload restore it.
import { keep, kept, stepNow } from "./kept";

const NAME = "scroll",
  PATIENCE_MS = 10_000;
/** The user scrolls: the page no longer decides. */
const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"];

let stop: (() => void) | null = null;

/** Rows come later than the address: the position is set again whenever the page grows. */
export function restoreScroll(): void {
  stop?.();
  const to = kept(stepNow(), NAME);
  const apply = () => scrollTo(0, to);
  const growth = new ResizeObserver(apply);
  const timer = setTimeout(() => stop?.(), PATIENCE_MS);
  stop = () => {
    stop = null;
    growth.disconnect();
    clearTimeout(timer);
    for (const hand of HANDS) removeEventListener(hand, end);
  };
  const end = () => stop?.();
  for (const hand of HANDS) addEventListener(hand, end, { passive: true });
  growth.observe(document.body);
  apply();
}

export function scrollToTop(): void {
  stop?.();
  scrollTo(0, 0);
}

/** Returns what ends it. */
export function followScroll(): () => void {
  history.scrollRestoration = "manual";
  const note = () => {
    if (!stop) keep(stepNow(), NAME, Math.round(scrollY));
  };
  addEventListener("scroll", note, { passive: true });
  restoreScroll();
  return () => removeEventListener("scroll", note);
}
