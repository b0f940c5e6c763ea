import type { Sending } from "./client";
import { call, enc, upload } from "./client";
import type {
  Device,
  DeviceImport,
  IssuedCode,
  List,
  OrganizationCounts,
  PageQuery,
  Release,
  Revocation,
} from "./types";

export interface CodeOrder {
  quantity: number;
  term: string;
  redeem_by?: string;
  organization_id?: string;
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
  call<IssuedCode & { code: string }>("POST", "/operator/activation-codes", {
    body: order,
  });
export const getIssuedCodes = (query: CodeQuery, signal?: AbortSignal) =>
  call<List<IssuedCode>>("GET", "/operator/activation-codes", { query: { ...query }, signal });

const revocation = (id: string) => `/operator/activation-codes/${enc(id)}/revocation`;
export const previewRevocation = (id: string, order: RevocationOrder, signal?: AbortSignal) =>
  call<Revocation>("POST", revocation(id), { body: order, query: { dry_run: true }, signal });
export const revokeCode = (id: string, order: RevocationOrder) =>
  call<Revocation>("POST", revocation(id), { body: order });

export interface OrganizationQuery extends PageQuery {
  q?: string;
}
export const getOrganizations = (query: OrganizationQuery, signal?: AbortSignal) =>
  call<List<OrganizationCounts>>("GET", "/operator/organizations", { query: { ...query }, signal });

export interface DeviceQuery extends PageQuery {
  q?: string;
}
export const getDevices = (query: DeviceQuery, signal?: AbortSignal) =>
  call<List<Device>>("GET", "/operator/devices", { query: { ...query }, signal });
/** Devices as CSV: all get into the list or none. */
export const importDevices = (bytes: Blob, dry_run: boolean, sending: Sending) =>
  upload<DeviceImport>(
    "/operator/devices/import",
    bytes,
    "text/csv",
    dry_run ? { dry_run } : {},
    sending,
  );
export const removeDevice = (serial: string) =>
  call<void>("DELETE", `/operator/devices/${enc(serial)}`);
const release = (serial: string) => `/operator/devices/${enc(serial)}/release`;
export const previewRelease = (serial: string, signal?: AbortSignal) =>
  call<Release>("POST", release(serial), { body: {}, query: { dry_run: true }, signal });
export const releaseDevice = (serial: string, organization_id?: string) =>
  call<Release>("POST", release(serial), { body: organization_id ? { organization_id } : {} });
