// What of the audit log is asked for.
export const FILTERS = ["user", "object", "action", "from", "to"] as const;

export type Wanted = Record<(typeof FILTERS)[number], string>;
