// The client of the API: the only file that calls fetch. Types follow the contract's words.

export type Role = "administrator" | "manager" | "analyst";
export type SensorState = "active" | "expired" | "unlicensed";
export type LicenseState = "queued" | "active" | "expired" | "revoked";

export interface Membership {
  id: string;
  name: string;
  role: Role;
}
export interface User {
  id: string;
  email: string;
  name: string | null;
  operator: boolean;
}
export interface Session {
  user: User;
  organizations: Membership[];
}

export interface Organization {
  id: string;
  name: string;
  time_zone: string;
  pool_order: string;
  notice_time: string;
}

export interface License {
  id: string;
  serial: string;
  key: string;
  term: string;
  state: LicenseState;
  starts_at: string;
  expires_at: string;
  last_day: string;
  assigned_at: string;
  assigned_by: unknown;
}

export interface Refused {
  count: number;
  first_at: string | null;
  last_at: string | null;
}

export interface LicenseRow {
  serial: string;
  name: string | null;
  state: SensorState;
  activated_at: string | null;
  expires_at: string | null;
  last_day: string | null;
  days_left: number | null;
  key: string | null;
  key_assigned: number | null;
  key_quantity: number | null;
  auto_renewal: boolean;
  covered_until: string | null;
  queue: License[];
  next: "queue" | "pool" | "stops" | null;
  refused: Refused;
  license_id: string | null;
}

export interface Counts {
  active: number;
  expiring: number;
  expired: number;
  unlicensed: number;
}
export interface List<T> {
  items: T[];
  next: string | null;
}
export interface LicenseManagerPage extends List<LicenseRow> {
  licenses_left: number;
  counts: Counts;
}

export interface Redemption {
  key: string;
  quantity: number;
  term: string;
  redeemed_at: string | null;
  licenses_left: number;
  renewed: { serial: string; expires_at: string }[];
  dry_run?: boolean;
}

export interface ChannelReading {
  channel: number;
  type: string;
  unit: string | null;
  at: string | null;
  value?: number | null;
  state?: string | null;
  error_code?: number | null;
}

export interface Sensor {
  serial: string;
  name: string | null;
  state: SensorState;
  last_seen_at: string | null;
  battery_ok: boolean | null;
  signal: number | null;
  channels: ChannelReading[];
  auto_renewal: boolean;
  alarms_paused: boolean;
}

export interface Measurement extends ChannelReading {
  at: string;
  meta?: number;
  total?: number;
  min?: number;
  mean?: number;
  max?: number;
  count?: number;
}

export interface IssuedCode {
  id: string;
  quantity: number;
  term: string;
  state: "issued" | "redeemed" | "expired" | "revoked";
  reference: string | null;
  issued_at: string;
  redeem_by: string | null;
  redeemed_at: string | null;
  organization_id: string | null;
}

/** Everything that kept a call from succeeding: the server's own problem, or that it was not reached (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly field: string | null = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(detail);
  }
}

let signedOut: () => void = () => {};
/** Called whenever an answer says that the session has ended. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

// A request that got no answer keeps its key: sent again by hand, the server recognizes it and acts once.
const keysWithoutAnswer = new Map<string, string>();

function idempotencyKey(request: string): string {
  let key = keysWithoutAnswer.get(request);
  if (!key) {
    key = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    keysWithoutAnswer.set(request, key);
  }
  return key;
}

async function problemOf(answer: Response): Promise<Problem> {
  const wait = Number(answer.headers.get("Retry-After"));
  const seconds = Number.isFinite(wait) && wait > 0 ? wait : null;
  const body = await answer.json().catch(() => null);
  if (body && typeof body.detail === "string") {
    return new Problem(answer.status, body.code ?? "", body.detail, body.field ?? null, seconds);
  }
  const detail =
    answer.status >= 500
      ? "The server could not answer. Nothing was changed. Try again in a moment."
      : `The server answered with the status ${answer.status}.`;
  return new Problem(answer.status, "", detail, null, seconds);
}

type Query = Record<string, string | number | boolean | null | undefined>;

function address(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  anonymous?: boolean;
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const url = address(path, options.query);
  const headers: Record<string, string> = { Accept: "application/json" };
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const request = `${method} ${url} ${body ?? ""}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const keyed = method === "POST" && !options.anonymous && !options.query?.dry_run;
  if (keyed) headers["Idempotency-Key"] = idempotencyKey(request);

  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body,
      signal: options.signal ?? null,
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(
      0,
      "unreachable",
      "The server cannot be reached. Check the connection and try again.",
    );
  }
  if (keyed && answer.status < 500) keysWithoutAnswer.delete(request);
  if (!answer.ok) {
    if (answer.status === 401 && !options.anonymous) signedOut();
    throw await problemOf(answer);
  }
  if (answer.status === 204) return undefined as T;
  try {
    return (await answer.json()) as T;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(
      0,
      "unreachable",
      "The answer broke off. Check the connection and try again.",
    );
  }
}

const enc = encodeURIComponent;
const org = (id: string) => `/organizations/${enc(id)}`;
const sensor = (id: string, serial: string) => `${org(id)}/sensors/${enc(serial)}`;

export interface LicenseQuery {
  state?: string;
  q?: string;
  sort?: string;
  cursor?: string | null;
  limit?: number;
}
export interface MeasurementQuery {
  channel?: number;
  from?: string;
  to?: string;
  limit?: number;
  cursor?: string | null;
  resolution?: string;
}

// People
export const getSession = (signal?: AbortSignal) =>
  call<Session>("GET", "/session", { signal, anonymous: true });
export const signIn = (email: string, password: string) =>
  call<Session>("POST", "/session", { body: { email, password }, anonymous: true });
export const signOut = () => call<void>("DELETE", "/session", { anonymous: true });
export const signUp = (email: string, password: string, activation_code: string) =>
  call<Session>("POST", "/users", { body: { email, password, activation_code }, anonymous: true });
export const createOrganization = (name: string, time_zone: string) =>
  call<Organization>("POST", "/organizations", { body: { name, time_zone } });
export const getOrganization = (id: string, signal?: AbortSignal) =>
  call<Organization>("GET", org(id), { signal });

// License Manager
export const previewCode = (id: string, code: string, signal?: AbortSignal) =>
  call<Redemption>("POST", `${org(id)}/activation-codes`, {
    body: { code },
    query: { dry_run: true },
    signal,
  });
export const redeemCode = (id: string, code: string) =>
  call<Redemption>("POST", `${org(id)}/activation-codes`, { body: { code } });
export const getLicenseManager = (id: string, query: LicenseQuery, signal?: AbortSignal) =>
  call<LicenseManagerPage>("GET", `${org(id)}/license-manager`, { query: { ...query }, signal });
export const assignLicense = (id: string, serial: string) =>
  call<License>("POST", `${sensor(id, serial)}/licenses`, { body: {} });
export const getLicenses = (
  id: string,
  serial: string,
  cursor: string | null,
  signal?: AbortSignal,
) => call<List<License>>("GET", `${sensor(id, serial)}/licenses`, { query: { cursor }, signal });

// Sensors and measurements
export const addSensor = (id: string, serial: string, name: string) =>
  call<LicenseRow>("POST", `${org(id)}/sensors`, { body: name ? { serial, name } : { serial } });
export const getSensors = (id: string, cursor: string | null, signal?: AbortSignal) =>
  call<List<Sensor>>("GET", `${org(id)}/sensors`, { query: { cursor }, signal });
export const getSensor = (id: string, serial: string, signal?: AbortSignal) =>
  call<Sensor>("GET", sensor(id, serial), { signal });
export const changeSensor = (
  id: string,
  serial: string,
  change: { name?: string; auto_renewal?: boolean },
) => call<unknown>("PATCH", sensor(id, serial), { body: change });
export const getMeasurements = (
  id: string,
  serial: string,
  query: MeasurementQuery,
  signal?: AbortSignal,
) =>
  call<List<Measurement>>("GET", `${sensor(id, serial)}/measurements`, {
    query: { ...query },
    signal,
  });

// Operator
export interface CodeOrder {
  quantity: number;
  term: string;
  redeem_by?: string;
  reference?: string;
}
export const issueCode = (order: CodeOrder) =>
  call<{ id: string; code: string } & CodeOrder>("POST", "/operator/activation-codes", {
    body: order,
  });
export const getIssuedCodes = (cursor: string | null, signal?: AbortSignal) =>
  call<List<IssuedCode>>("GET", "/operator/activation-codes", { query: { cursor }, signal });
