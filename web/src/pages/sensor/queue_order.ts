// The order of a queue during changes: moves are shown immediately and sent together a moment later.
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { License } from "../../api";
import { asProblem } from "../../use_resource";
import type { Subject } from "../../verbs/subject";
import { reorder } from "../../verbs/licenses";

const SENT_AFTER_MS = 700;

export interface Order {
  queue: License[];
  /** The server does not have this order yet: the dates shown would be those of the old order. */
  moved: boolean;
  move: (id: string, to: number) => void;
  /** Sends the moves now. */
  settle: () => void;
  /** Drops moves that were not sent yet. */
  forget: () => void;
}

const same = (a: string[], b: string[]) => a.length === b.length && a.every((id, i) => id === b[i]);

export function useOrder(subject: Subject, queue: License[]): Order {
  const ids = queue.map(({ id }) => id);
  const [wanted, setWanted] = useState<string[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const busy = useRef(false);
  const now = useRef({ queue, ids, wanted, subject });
  now.current = { queue, ids, wanted, subject };

  // Moves are meaningless after licenses were added or removed.
  const valid = wanted !== null && same([...wanted].sort(), [...ids].sort());
  const moved = valid && !same(wanted, ids);
  useEffect(() => {
    if (wanted !== null && !busy.current && !moved && timer.current === undefined) setWanted(null);
  }, [wanted, moved]);

  const settle = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const { queue: before, wanted: order, subject: of } = now.current;
    if (busy.current || order === null || same(order, now.current.ids)) return;
    busy.current = true;
    reorder(of, before, order)
      .catch((error: unknown) => {
        announce(asProblem(error).detail);
        setWanted(null);
      })
      .finally(() => {
        busy.current = false;
      });
  };
  useEffect(() => () => settle(), []);

  const move = (id: string, to: number) => {
    if (busy.current) return;
    const order = (valid ? wanted : ids).filter((other) => other !== id);
    order.splice(Math.max(0, Math.min(to, order.length)), 0, id);
    setWanted(order);
    now.current.wanted = order;
    clearTimeout(timer.current);
    timer.current = setTimeout(settle, SENT_AFTER_MS);
  };
  const forget = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setWanted(null);
    now.current.wanted = null;
  };
  const shown = valid ? wanted.map((id) => queue.find((license) => license.id === id)!) : queue;
  return { queue: shown, moved, move, settle, forget };
}
