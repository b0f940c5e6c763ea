// Reads from the API: the last answer stays while it is loaded again.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Problem, reachNow, reportFailed } from "./api";
import { useKeptFocus } from "./keep_focus";

export interface Resource<T> {
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  /** Grows with each answer, also if it brings nothing new. */
  answers: number;
  reload: () => void;
  /** Reads again and shows only what is new: no sign of loading, no passing failure. */
  refresh: () => void;
  change: (change: (data: T) => T) => void;
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  console.error(error);
  return new Problem(0, "page_failed", "This page failed to load. Load it again.");
}

interface State<T> {
  subject: string;
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  answers: number;
}

const PATIENCE_MS = 20_000,
  FAILURES = 2;

interface Reading {
  abort: AbortController;
  quiet: boolean;
  startedAt: number;
}

/** The same object if the answer brings nothing new, so that nothing is drawn again. */
function newer<T>(before: T | null, data: T): T {
  return before !== null && JSON.stringify(before) === JSON.stringify(data) ? before : data;
}

/** Reads when `key` changes; another `subject` drops the last answer immediately. */
export function useResource<T>(
  key: string,
  read: (signal: AbortSignal) => Promise<T>,
  subject = "",
): Resource<T> {
  const [state, setState] = useState<State<T>>({
    subject,
    data: null,
    problem: null,
    loading: true,
    answers: 0,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(read);
  latest.current = read;
  const reading = useRef<Reading | null>(null);
  const failures = useRef(0);
  useKeptFocus();

  const begin = (
    quiet: boolean,
    answered: (data: T) => void,
    failed: (problem: Problem) => void,
  ) => {
    reading.current?.abort.abort();
    const mine = { abort: new AbortController(), quiet, startedAt: Date.now() };
    const { signal } = mine.abort;
    reading.current = mine;
    latest
      .current(signal)
      .then(
        (data) => signal.aborted || answered(data),
        (error: unknown) => signal.aborted || failed(asProblem(error)),
      )
      .finally(() => {
        if (reading.current === mine) reading.current = null;
      });
  };
  const show = (data: T) => {
    failures.current = 0;
    setState((before) => ({
      subject,
      data: before.subject === subject ? newer(before.data, data) : data,
      problem: null,
      loading: false,
      answers: before.answers + 1,
    }));
  };
  const showProblem = (problem: Problem) =>
    setState((before) => ({ ...before, problem, loading: false }));

  useEffect(() => {
    setState((before) =>
      before.subject === subject
        ? { ...before, loading: true }
        : { ...before, subject, data: null, problem: null, loading: true },
    );
    begin(false, show, showProblem);
    return () => reading.current?.abort.abort();
  }, [key, subject, turn]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const refresh = () => {
    const current = reading.current;
    if (current) {
      if (Date.now() - current.startedAt < PATIENCE_MS) return;
      reportFailed("gone", current.startedAt);
      if (!current.quiet) return;
    }
    begin(true, show, (problem) => {
      failures.current++;
      // The page says that the server is gone, and the last answer stays.
      const passing = problem.status === 0 || problem.status === 429 || problem.status >= 500;
      const ofServer = failures.current < FAILURES || reachNow().kind !== "reached";
      if (!passing || !ofServer) showProblem(problem);
    });
  };
  const change = (how: (data: T) => T) => {
    // An answer to an earlier request does not know the change.
    const current = reading.current;
    if (current?.quiet) current.abort.abort();
    else if (current) reload();
    setState((before) => (before.data === null ? before : { ...before, data: how(before.data) }));
  };
  const mine = state.subject === subject;
  return {
    data: mine ? state.data : null,
    problem: mine ? state.problem : null,
    loading: state.loading || !mine,
    answers: state.answers,
    reload,
    refresh,
    change,
  };
}

/** True once a wait has lasted 200 ms: a quick answer never flickers. */
export function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), 200);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && slow;
}
