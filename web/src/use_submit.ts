// Writes to the API from a form: never twice at the same time, and the input stays after a failure.
import { useCallback, useRef, useState } from "preact/hooks";
import type { Problem } from "./api";
import { asProblem } from "./use_resource";

export interface Submit {
  pending: boolean;
  problem: Problem | null;
  /** The detail where the problem is about this field. */
  at: (field: string) => string | null;
  /** The detail where it is about none of these fields. */
  besides: (...fields: string[]) => Problem | null;
  clear: () => void;
  run: (write: () => Promise<void>) => Promise<boolean>;
}

export function useSubmit(): Submit {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const busy = useRef(false);
  const run = useCallback(async (write: () => Promise<void>) => {
    if (busy.current) return false;
    busy.current = true;
    setPending(true);
    setProblem(null);
    try {
      await write();
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      busy.current = false;
      setPending(false);
    }
  }, []);
  const clear = useCallback(() => setProblem(null), []);
  return {
    pending,
    problem,
    run,
    clear,
    at: (field) => (problem?.field === field ? problem.detail : null),
    besides: (...fields) => (problem && !fields.includes(problem.field ?? "") ? problem : null),
  };
}
