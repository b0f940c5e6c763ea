// Drafts: the text that a person typed into a form and has not sent. The form shows it again.
import { useCallback, useState } from "preact/hooks";

const drafts = new Map<string, unknown>();

export interface Draft<T> {
  value: T;
  set: (value: T) => void;
  /** Call it when the form was sent or dismissed. */
  forget: () => void;
}

/** `name` is unique among the forms of an address. Never for a password. */
export function useDraft<T>(name: string, initial: T): Draft<T> {
  const [key] = useState(`${location.pathname} ${name}`);
  const [value, setValue] = useState<T>(() =>
    drafts.has(key) ? (drafts.get(key) as T) : initial,
  );
  const forget = useCallback(() => drafts.delete(key), [key]);
  const set = useCallback(
    (next: T) => {
      if (next === initial) drafts.delete(key);
      else drafts.set(key, next);
      setValue(next);
    },
    [key, initial],
  );
  return { value, set, forget };
}

/** Forgets all, for another user. */
export function forgetDrafts(): void {
  drafts.clear();
}
