// Notes in place of content: a problem, or nothing yet.
import type { ComponentChildren } from "preact";
import type { Problem } from "../api";
import { count } from "../format";
import { Link } from "../router";
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

/** Whether the same request may succeed later. */
const mayPass = ({ status }: Problem) =>
  status === 0 || status === 408 || status === 429 || status >= 500;

/** Tries again where that can help; otherwise leads to the page without its filters. */
function WayOn({ problem, retry }: { problem: Problem; retry: () => void }) {
  if (mayPass(problem))
    return (
      <button type="button" class="secondary" onClick={retry}>
        Try again
      </button>
    );
  return location.search ? <Link href={location.pathname}>Show everything</Link> : null;
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
        {retry && <WayOn problem={problem} retry={retry} />}
      </div>
    </div>
  );
}

/** In place of a list whose address has a filter that does not exist. */
export function NoSuchFilter({ value, children }: { value: string; children: string }) {
  return (
    <Empty title={`There is no filter “${value}”`}>
      <p>
        <Link href={location.pathname}>{children}</Link>
      </p>
    </Empty>
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
