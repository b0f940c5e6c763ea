// The next pages of a list behind its first.
import { useEffect, useRef, useState } from "preact/hooks";
import type { List } from "../api";
import type { Submit } from "../use_submit";
import { useSubmit } from "../use_submit";
import { ProblemNote } from "./notes";

export interface More<T> {
  items: T[];
  next: string | null;
  submit: Submit;
  show: () => void;
}

/** All items shown: the first page and further ones on request; a reload begins with the first page. */
export function useMore<T>(
  key: string,
  first: List<T> | null,
  read: (cursor: string) => Promise<List<T>>,
): More<T> {
  const [later, setLater] = useState<{ of: string | null; items: T[]; next: string | null } | null>(
    null,
  );
  const submit = useSubmit();
  const of = first?.next ? `${key} ${first.next}` : null;
  const current = later && later.of === of ? later : null;
  const latest = useRef(of);
  latest.current = of;
  useEffect(() => setLater(null), [of]);
  const next = current ? current.next : (first?.next ?? null);
  const show = () =>
    void submit.run(async () => {
      if (next === null) return;
      const page = await read(next);
      if (latest.current !== of) return;
      setLater({ of, items: [...(current?.items ?? []), ...page.items], next: page.next });
    });
  return { items: [...(first?.items ?? []), ...(current?.items ?? [])], next, submit, show };
}

export function MoreButton<T>({ more }: { more: More<T> }) {
  if (more.next === null) return null;
  return (
    <div class="more">
      {more.submit.problem && <ProblemNote problem={more.submit.problem} />}
      <button
        type="button"
        class="secondary"
        aria-busy={more.submit.pending || undefined}
        onClick={more.show}
      >
        Show more
      </button>
    </div>
  );
}
