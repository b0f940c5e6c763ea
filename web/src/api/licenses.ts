import { call, enc, org, sensor } from "./client";
import type {
  Assignments,
  Forecast,
  Key,
  License,
  LicenseManagerPage,
  List,
  Redemption,
} from "./types";

/** Which sensors: also what bulk assignment takes as its filter. */
export interface LicenseFilter {
  state?: string;
  q?: string;
  expires_before?: string;
}
export interface LicenseQuery extends LicenseFilter {
  key?: string;
  sort?: string;
  cursor?: string | null;
  limit?: number;
}
export interface AssignmentOrder {
  serials?: string[];
  filter?: LicenseFilter;
  count: number;
  key?: string;
}

export const previewCode = (id: string, code: string, signal?: AbortSignal) =>
  call<Redemption>("POST", `${org(id)}/activation-codes`, {
    body: { code },
    query: { dry_run: true },
    signal,
  });
export const redeemCode = (id: string, code: string) =>
  call<Redemption>("POST", `${org(id)}/activation-codes`, { body: { code } });
export const getKeys = (id: string, signal?: AbortSignal) =>
  call<List<Key>>("GET", `${org(id)}/activation-codes`, { query: { limit: 1000 }, signal });

export const getLicenseManager = (id: string, query: LicenseQuery, signal?: AbortSignal) =>
  call<LicenseManagerPage>("GET", `${org(id)}/license-manager`, { query: { ...query }, signal });
export const getForecast = (id: string, months: number, signal?: AbortSignal) =>
  call<Forecast>("GET", `${org(id)}/forecast`, { query: { months }, signal });

export const assignLicense = (id: string, serial: string, key?: string) =>
  call<License>("POST", `${sensor(id, serial)}/licenses`, { body: key ? { key } : {} });
export const getLicenses = (
  id: string,
  serial: string,
  cursor: string | null,
  signal?: AbortSignal,
) => call<List<License>>("GET", `${sensor(id, serial)}/licenses`, { query: { cursor }, signal });
export const takeBack = (id: string, license: string) =>
  call<void>("DELETE", `${org(id)}/licenses/${enc(license)}`);
export const orderQueue = (id: string, serial: string, licenses: string[]) =>
  call<{ queue: License[] }>("PUT", `${sensor(id, serial)}/queue`, { body: { licenses } });

export const previewAssignments = (id: string, order: AssignmentOrder, signal?: AbortSignal) =>
  call<Assignments>("POST", `${org(id)}/assignments`, {
    body: order,
    query: { dry_run: true },
    signal,
  });
export const assignMany = (id: string, order: AssignmentOrder) =>
  call<Assignments>("POST", `${org(id)}/assignments`, { body: order });
