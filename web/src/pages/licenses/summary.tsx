// The strip at the top: the pool and the counts of the sensors.
import type { ComponentChildren } from "preact";
import type { Counts } from "../../api";
import { Sign } from "../../components/state_sign";
import { number } from "../../format";

interface Props {
  left: number;
  counts: Counts;
  onAdd: () => void;
  /** How long it lasts. */
  children?: ComponentChildren;
}

export function Summary({ left, counts, onAdd, children }: Props) {
  const parts = [
    { name: "active", size: counts.active - counts.expiring },
    { name: "soon", size: counts.expiring },
    { name: "expired", size: counts.expired },
    { name: "none", size: counts.unlicensed },
  ].filter(({ size }) => size > 0);
  return (
    <section class="summary" aria-label="Summary">
      <div class="summary-left">
        <p class="summary-number">{number(left)}</p>
        <p>Licenses left</p>
        <button type="button" class="link" onClick={onAdd}>
          Add<span class="visually-hidden"> licenses by an activation code</span>
        </button>
      </div>
      <div class="summary-fleet">
        <div class="bar" aria-hidden="true">
          {parts.map(({ name, size }) => (
            <i key={name} class={`bar-${name}`} style={{ flexGrow: size }} />
          ))}
        </div>
        <p class="summary-words">
          <Sign state="active" quiet={counts.active === counts.expiring}>
            {number(counts.active - counts.expiring)} active
          </Sign>
          <Sign state="soon" quiet={counts.expiring === 0}>
            {number(counts.expiring)} {counts.expiring === 1 ? "ends" : "end"} within 30 days
          </Sign>
          <Sign state="expired" quiet={counts.expired === 0}>
            {number(counts.expired)} expired
          </Sign>
          {counts.unlicensed > 0 && (
            <Sign state="none">{number(counts.unlicensed)} never licensed</Sign>
          )}
        </p>
      </div>
      {children}
    </section>
  );
}
