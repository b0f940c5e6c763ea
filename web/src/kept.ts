// What the page keeps of each step of the history: the rows loaded, the scroll position. It outlives a reload.

const STORED = "tenure.history",
  STEPS_AT_MOST = 50;

type Values = Record<string, unknown>;

function stored(): Map<string, Values> {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
    return new Map(Array.isArray(read) ? (read as [string, Values][]) : []);
  } catch {
    return new Map();
  }
}

let steps = stored();
const newStep = () => Math.random().toString(36).slice(2);

addEventListener("pagehide", () => {
  try {
    sessionStorage.setItem(STORED, JSON.stringify([...steps].slice(-STEPS_AT_MOST)));
  } catch {
    /* forgotten at the next load */
  }
});

/** The step of the history that is shown. */
export function stepNow(): string {
  const step = (history.state as { step?: unknown } | null)?.step;
  if (typeof step === "string") return step;
  const made = newStep();
  history.replaceState({ step: made }, "");
  return made;
}

export function kept(step: string, name: string): number {
  const value = steps.get(step)?.[name];
  return typeof value === "number" ? value : 0;
}

export function keep(step: string, name: string, value: number): void {
  const values = steps.get(step) ?? {};
  steps.delete(step); // the newest come last
  steps.set(step, { ...values, [name]: value });
}

/** Begins a step; another address of the same page shows the same rows. */
export function pushStep(to: string): void {
  const before = steps.get(stepNow());
  const step = newStep();
  const path = location.pathname;
  history.pushState({ step }, "", to);
  if (before && location.pathname === path) steps.set(step, before);
}

/** Forgets the steps, for another user. */
export function forgetSteps(): void {
  steps = new Map();
}
