import { call, org } from "./client";
import type { AuditEntry, List } from "./types";

export interface AuditQuery {
  user?: string;
  object?: string;
  action?: string;
  from?: string | null;
  to?: string | null;
  cursor?: string | null;
}

/** Newest first. */
export const getAuditLog = (id: string, query: AuditQuery, signal?: AbortSignal) =>
  call<List<AuditEntry>>("GET", `${org(id)}/audit-log`, { query: { ...query }, signal });
