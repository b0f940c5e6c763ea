import { call, enc } from "./client";
import type { IssuedCode, List, OrganizationCounts, PageQuery, Revocation } from "./types";

export interface CodeOrder {
  quantity: number;
  term: string;
  redeem_by?: string;
  reference?: string;
}
export interface CodeQuery extends PageQuery {
  state?: string;
  reference?: string;
}
export interface RevocationOrder {
  reason: string;
  effective_at?: string;
}

export const issueCode = (order: CodeOrder) =>
  call<{ id: string; code: string } & CodeOrder>("POST", "/operator/activation-codes", {
    body: order,
  });
export const getIssuedCodes = (query: CodeQuery, signal?: AbortSignal) =>
  call<List<IssuedCode>>("GET", "/operator/activation-codes", { query: { ...query }, signal });

const revocation = (id: string) => `/operator/activation-codes/${enc(id)}/revocation`;
export const previewRevocation = (id: string, order: RevocationOrder, signal?: AbortSignal) =>
  call<Revocation>("POST", revocation(id), { body: order, query: { dry_run: true }, signal });
export const revokeCode = (id: string, order: RevocationOrder) =>
  call<Revocation>("POST", revocation(id), { body: order });

export const getOrganizations = (page: PageQuery, signal?: AbortSignal) =>
  call<List<OrganizationCounts>>("GET", "/operator/organizations", { query: { ...page }, signal });
