// Whether the server answers: every call reports its end here.

export type Reach =
  | { kind: "reached" }
  /** The server gives no answer at all ("gone"), or only that it cannot answer now ("busy"). */
  | { kind: "gone" | "busy"; heardAt: number };

const changed = new EventTarget();
let reach: Reach = { kind: "reached" };
let heardAt = Date.now();

export const reachNow = (): Reach => reach;

export function onReach(listener: () => void): () => void {
  changed.addEventListener("change", listener);
  return () => changed.removeEventListener("change", listener);
}

function become(next: Reach): void {
  if (next.kind === reach.kind) return;
  reach = next;
  changed.dispatchEvent(new Event("change"));
}

export function reportHeard(): void {
  heardAt = Date.now();
  become({ kind: "reached" });
}

/** A call that began at `startedAt` failed; an answer to another call since then outweighs it. */
export function reportFailed(kind: "gone" | "busy", startedAt: number): void {
  if (heardAt < startedAt) become({ kind, heardAt });
}

const GATEWAY = [502, 503, 504];

/** `named`: the answer is a problem of Tenure, not of a proxy before it. */
export function reportAnswer(status: number, named: boolean, startedAt: number): void {
  if (status < 500) reportHeard();
  else reportFailed(!named && GATEWAY.includes(status) ? "gone" : "busy", startedAt);
}
