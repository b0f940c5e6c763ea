// The waiting licenses: dragged, moved by buttons or Alt with an arrow key, taken back.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { License } from "../../api";
import { CopyKey } from "../../components/copy";
import { Icon } from "../../components/icon";
import { date, day, term } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { asProblem } from "../../use_resource";
import { takeBackLicense } from "../../verbs/licenses";
import type { Subject } from "../../verbs/subject";
import { useOrder } from "./queue_order";

interface Props {
  subject: Subject;
  queue: License[];
}

export function Queue({ subject, queue }: Props) {
  const order = useOrder(subject, queue);
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState("");
  const [dragged, setDragged] = useState<string | null>(null);
  const focus = useRef<{ id: string; control: string } | null>(null);

  // A moved element loses the focus: it gets it back.
  useLayoutEffect(() => {
    if (!focus.current) return;
    const { id, control } = focus.current;
    focus.current = null;
    const item = list.current?.querySelector(`[data-id="${CSS.escape(id)}"]`);
    const wanted = item?.querySelector<HTMLButtonElement>(`[data-control="${control}"]`);
    const other = item?.querySelector<HTMLButtonElement>("[data-control]:not(:disabled)");
    (wanted && !wanted.disabled ? wanted : other)?.focus();
  });

  const step = (license: License, from: number, by: number, control: string) => {
    const to = from + by;
    if (to < 0 || to >= order.queue.length) return;
    focus.current = { id: license.id, control };
    order.move(license.id, to);
    setSaid(`Moved to position ${to + 1} of ${order.queue.length}`);
  };

  const drag = (license: License) => (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.preventDefault();
    setDragged(license.id);
    const follow = (moved: PointerEvent) => {
      const items = [...(list.current?.children ?? [])] as HTMLElement[];
      const others = items.filter(({ dataset }) => dataset.id !== license.id);
      const to = others.filter((item) => {
        const { top, height } = item.getBoundingClientRect();
        return moved.clientY > top + height / 2;
      }).length;
      if (items.findIndex(({ dataset }) => dataset.id === license.id) !== to)
        order.move(license.id, to);
    };
    const end = (last: Event) => {
      removeEventListener("pointermove", follow);
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, end);
      setDragged(null);
      if (last.type === "pointerup") order.settle();
      else order.forget();
    };
    addEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
  };

  return (
    <>
      <ol ref={list} class="queue" aria-label="Waiting licenses">
        {order.queue.map((license, index) => (
          <Waiting
            key={license.id}
            license={license}
            index={index}
            of={order.queue.length}
            dated={!order.moved}
            dragged={dragged === license.id}
            onDrag={drag(license)}
            onStep={(by, control) => step(license, index, by, control)}
            onTakeBack={() =>
              takeBackLicense(subject, license, queue).catch((error: unknown) =>
                announce(asProblem(error).detail),
              )
            }
          />
        ))}
      </ol>
      <p class="visually-hidden" aria-live="polite">
        {said}
      </p>
    </>
  );
}

interface WaitingProps {
  license: License;
  index: number;
  of: number;
  dated: boolean;
  dragged: boolean;
  onDrag: (event: PointerEvent) => void;
  onStep: (by: number, control: string) => void;
  onTakeBack: () => Promise<void>;
}

function Waiting({ license, index, of, dated, dragged, onDrag, onStep, onTakeBack }: WaitingProps) {
  const { time_zone } = useOrganization();
  const [busy, setBusy] = useState(false);
  const which = `waiting license ${index + 1} of ${of}, ${term(license.term)}`;
  const press = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const control = (event.target as HTMLElement).dataset.control ?? "up";
    onStep(event.key === "ArrowUp" ? -1 : 1, control);
  };
  return (
    <li data-id={license.id} class={dragged ? "dragged" : undefined} onKeyDown={press}>
      {of > 1 && (
        <span class="grip" aria-hidden="true" title="Drag to reorder" onPointerDown={onDrag}>
          <Icon name="grip" />
        </span>
      )}
      <div class="queue-words">
        <p>
          {dated ? (
            <>
              {day(license.starts_at, time_zone)} to {date(license.last_day)}
            </>
          ) : (
            <span class="faint">starts when the license before it ends</span>
          )}
        </p>
        <p class="under">
          {term(license.term)} · <CopyKey value={license.key} assigned={null} quantity={null} />
        </p>
        <p class="under">
          assigned {day(license.assigned_at, time_zone)} by {license.assigned_by}
        </p>
      </div>
      <div class="queue-controls">
        {of > 1 &&
          (["up", "down"] as const).map((control) => (
            <button
              key={control}
              type="button"
              class="quiet icon-only"
              data-control={control}
              title={control === "up" ? "Forward (Alt ↑)" : "Back (Alt ↓)"}
              aria-label={`Move ${control}: ${which}`}
              disabled={control === "up" ? index === 0 : index === of - 1}
              onClick={() => onStep(control === "up" ? -1 : 1, control)}
            >
              <Icon name={control === "up" ? "raise" : "lower"} />
            </button>
          ))}
        <button
          type="button"
          class="quiet"
          data-control="back"
          aria-label={`Take back: ${which}`}
          aria-busy={busy || undefined}
          onClick={() => {
            if (busy) return;
            setBusy(true);
            void onTakeBack().finally(() => setBusy(false));
          }}
        >
          Take back
        </button>
      </div>
    </li>
  );
}
