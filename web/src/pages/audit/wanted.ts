// The filters of the audit log.
export const FILTERS = ["user", "object", "action", "from", "to"] as const;

export type Wanted = Record<(typeof FILTERS)[number], string>;
