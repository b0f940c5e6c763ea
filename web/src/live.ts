// Keeps what is seen up to date: data are read again, and relative times move on.
import { useEffect, useRef, useState } from "preact/hooks";
import { onReach, reachNow } from "./api";

const EVERY_MS = 20_000,
  SPREAD_MS = 5_000,
  LEAST_MS = 3_000,
  RETRY_MS = 2_000,
  TICK_MS = 5_000;

const readers = new Set<() => void>();
const ticks = new EventTarget();
let timer: ReturnType<typeof setTimeout> | undefined;
let readAt = Date.now();
let failures = 0;

/** Pages that many people opened together do not read at the same time. */
function pause(): number {
  const usual = EVERY_MS + Math.random() * SPREAD_MS;
  return reachNow().kind === "reached" ? usual : Math.min(usual, RETRY_MS * 2 ** failures);
}

/** A hidden page reads nothing; it reads as soon as it is seen. */
function plan(): void {
  clearTimeout(timer);
  timer = document.hidden || readers.size === 0 ? undefined : setTimeout(readAll, pause());
}

function readAll(): void {
  readAt = Date.now();
  failures = reachNow().kind === "reached" ? 0 : failures + 1;
  for (const read of [...readers]) read();
  plan();
}

function look(): void {
  if (document.hidden) return plan();
  ticks.dispatchEvent(new Event("tick"));
  if (Date.now() - readAt >= LEAST_MS) readAll();
  else plan();
}

document.addEventListener("visibilitychange", look);
addEventListener("focus", look);
addEventListener("pageshow", look);
addEventListener("online", readAll);
onReach(plan);
setInterval(() => {
  if (!document.hidden) ticks.dispatchEvent(new Event("tick"));
}, TICK_MS);

/** Reads every half minute at most while the page is seen, and when it is seen again. */
export function useLive(...reads: (() => void)[]): void {
  const latest = useRef(reads);
  latest.current = reads;
  useEffect(() => {
    const read = () => latest.current.forEach((one) => one());
    readers.add(read);
    if (timer === undefined) plan();
    return () => {
      readers.delete(read);
      if (readers.size === 0) plan();
    };
  }, []);
}

/** Words about the time since something, kept true while the page is seen. */
export function useTicking(words: () => string): string {
  const [, setSaid] = useState("");
  const latest = useRef(words);
  latest.current = words;
  useEffect(() => {
    const tick = () => setSaid(latest.current());
    ticks.addEventListener("tick", tick);
    return () => ticks.removeEventListener("tick", tick);
  }, []);
  return words();
}
