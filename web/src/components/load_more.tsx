// The next pages of a list behind its first.
import { useEffect, useRef, useState } from "preact/hooks";
import type { List } from "../api";
import { keep, kept } from "../kept";
import { usePlace } from "../router";
import type { Resource } from "../use_resource";
import type { Submit } from "../use_submit";
import { useSubmit } from "../use_submit";
import { ProblemNote } from "./notes";

const READ_AT_ONCE = 1000;

export interface More<T> {
  items: T[];
  /** Which answer of the first page the items belong to. */
  answers: number;
  next: string | null;
  submit: Submit;
  show: () => void;
}

interface Later<T> {
  key: string;
  /** Which answer of the first page these pages follow. */
  answers: number;
  first: T[];
  items: T[];
  next: string | null;
}

type Read<T> = (cursor: string, limit?: number) => Promise<List<T>>;

/** At least as many items after a cursor as were shown before. */
async function readAgain<T>(read: Read<T>, cursor: string | null, many: number) {
  const items: T[] = [];
  let next = cursor;
  while (next !== null && items.length < many) {
    const page: List<T> = await read(next, Math.min(READ_AT_ONCE, many - items.length));
    items.push(...page.items);
    next = page.next;
  }
  return { items, next };
}

/**
 * All items shown: the first page and further ones on request. When the first page is read again, so are the
 * others; after a step back or a reload of the page, as many as were shown.
 */
export function useMore<T>(
  key: string,
  list: Pick<Resource<List<T>>, "data" | "answers">,
  read: Read<T>,
): More<T> {
  const { step } = usePlace();
  const [known, setLater] = useState<Later<T> | null>(null);
  const submit = useSubmit();
  const { data: first, answers } = list;
  const name = `rows ${key}`;
  const later = first && known?.key === key ? known : null;
  const old = later !== null && later.answers !== answers;
  const latest = useRef(key);
  latest.current = key;
  useEffect(() => {
    const many = later ? later.items.length : kept(step, name);
    if (!first || many === 0 || (later && !old)) return;
    let stale = false;
    readAgain(read, first.next, many).then(
      (again) => stale || setLater({ key, answers, first: first.items, ...again }),
      () => {}, // the pages stay; the next answer reads them again
    );
    return () => {
      stale = true;
    };
  }, [key, answers, old]);
  const shown = later?.items.length ?? 0;
  useEffect(() => {
    if (shown > 0) keep(step, name, shown);
  }, [step, name, shown]);
  const next = later ? later.next : (first?.next ?? null);
  const show = () =>
    void submit.run(async () => {
      if (next === null || !first) return;
      const page = await read(next);
      if (latest.current !== key) return;
      setLater({
        key,
        answers,
        first: later && old ? later.first : first.items,
        items: [...(later?.items ?? []), ...page.items],
        next: page.next,
      });
    });
  return {
    items: [...(old ? later.first : (first?.items ?? [])), ...(later?.items ?? [])],
    answers: later ? later.answers : answers,
    next,
    submit,
    show,
  };
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
