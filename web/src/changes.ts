// Notifies the parts of a page that the ledger has changed: one sensor, or several.
import { useEffect, useRef } from "preact/hooks";

const changes = new EventTarget();

export function changed(serial: string | null = null): void {
  changes.dispatchEvent(new CustomEvent<string | null>("change", { detail: serial }));
}

/** Runs after each change; null means that anything may have changed. */
export function useChanges(run: (serial: string | null) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const follow = (event: Event) => latest.current((event as CustomEvent<string | null>).detail);
    changes.addEventListener("change", follow);
    return () => changes.removeEventListener("change", follow);
  }, []);
}
