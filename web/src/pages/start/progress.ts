// The state of onboarding that a reload has to keep. The rest follows from the session.

export interface Progress {
  code?: string;
  /** The organization that the code was redeemed for, and what it brought. */
  organization?: string;
  quantity?: number;
  term?: string;
}

const KEY = "tenure.start";

export function loadProgress(): Progress {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Progress) : {};
  } catch {
    return {};
  }
}

export function saveProgress(progress: Progress): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(progress));
  } catch {
    /* kept for this page only */
  }
}

export function clearProgress(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    /* nothing was kept */
  }
}
