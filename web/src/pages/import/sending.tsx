// The progress of a long import: first the bytes sent, then the server's work, estimated from the check.
import { useEffect, useState } from "preact/hooks";
import { count, number } from "../../format";

interface Props {
  words: string;
  rows: number;
  /** The part of the list that the server has, 0 to 1. */
  sent: number;
  /** The expected seconds; null: unknown. */
  expected: number | null;
}

const SENDING_SHARE = 0.2,
  NEVER_BEYOND = 0.97;

export function Sending({ words, rows, sent, expected }: Props) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const began = performance.now();
    const timer = setInterval(() => setSeconds((performance.now() - began) / 1000), 250);
    return () => clearInterval(timer);
  }, []);
  const worked = expected === null ? null : Math.min(1, seconds / Math.max(expected, 0.5));
  const share =
    sent < 1
      ? sent * SENDING_SHARE
      : worked === null
        ? null
        : Math.min(NEVER_BEYOND, SENDING_SHARE + worked * (1 - SENDING_SHARE));
  const state =
    sent < 1
      ? `sent ${number(Math.floor(sent * 100))}%`
      : `the server is working, ${count(Math.floor(seconds), "second", "seconds")} so far`;
  return (
    <div class="sending">
      <p role="status">
        {words} {count(rows, "row", "rows")}
      </p>
      <progress
        aria-label={`${words} ${count(rows, "row", "rows")}`}
        max={1}
        {...(share === null ? {} : { value: share })}
      />
      <p class="faint">{state}</p>
    </div>
  );
}
