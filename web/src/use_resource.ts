// Reads from the API: the last answer stays while it is loaded again.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "./api";

export interface Resource<T> {
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
  change: (change: (data: T) => T) => void;
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  console.error(error);
  return new Problem(0, "page_failed", "This page failed to load. Load it again.");
}

/** Reads when `key` changes; another `subject` drops the last answer immediately. */
export function useResource<T>(
  key: string,
  read: (signal: AbortSignal) => Promise<T>,
  subject = "",
): Resource<T> {
  const [state, setState] = useState<{
    subject: string;
    data: T | null;
    problem: Problem | null;
    loading: boolean;
  }>({ subject, data: null, problem: null, loading: true });
  const [turn, setTurn] = useState(0);
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    const abort = new AbortController();
    setState((before) =>
      before.subject === subject
        ? { ...before, loading: true }
        : { subject, data: null, problem: null, loading: true },
    );
    latest.current(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ subject, data, problem: null, loading: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...before, problem: asProblem(error), loading: false }));
      },
    );
    return () => abort.abort();
  }, [key, subject, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const change = useCallback(
    (how: (data: T) => T) =>
      setState((before) => (before.data === null ? before : { ...before, data: how(before.data) })),
    [],
  );
  const mine = state.subject === subject;
  return {
    data: mine ? state.data : null,
    problem: mine ? state.problem : null,
    loading: state.loading || !mine,
    reload,
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

/** Runs at an interval while the page is seen. */
export function useEvery(seconds: number, run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
}
