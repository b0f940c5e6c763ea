// Notes in place of content: a problem, or nothing yet.
import type { ComponentChildren } from "preact";
import type { Problem } from "../api";
import { count } from "../format";
import { Icon } from "./icon";

export function waitWords(problem: Problem): string | null {
  const seconds = problem.retryAfterSeconds;
  if (seconds === null) return null;
  return seconds < 90
    ? `Try again in ${count(seconds, "second", "seconds")}.`
    : `Try again in ${count(Math.ceil(seconds / 60), "minute", "minutes")}.`;
}

/** The server's sentence and, if it requests a pause, its length. */
export function problemWords(problem: Problem): string {
  const wait = waitWords(problem);
  return wait && problem.status === 429 ? `${problem.detail} ${wait}` : problem.detail;
}

export function ProblemNote({
  problem,
  retry,
  children,
}: {
  problem: Problem;
  retry?: () => void;
  children?: ComponentChildren;
}) {
  return (
    <div class="note note-wrong" role="alert">
      <Icon name="wrong" />
      <div>
        <p>{problemWords(problem)}</p>
        {children}
        {retry && (
          <button type="button" class="secondary" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
