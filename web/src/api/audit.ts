import { call, org } from "./client";
import type { AuditEntry, List, PageQuery } from "./types";

export interface AuditQuery extends PageQuery {
  user?: string;
  object?: string;
  action?: string;
  from?: string | null;
  to?: string | null;
}

/** Newest first. */
export const getAuditLog = (id: string, query: AuditQuery, signal?: AbortSignal) =>
  call<List<AuditEntry>>("GET", `${org(id)}/audit-log`, { query: { ...query }, signal });
