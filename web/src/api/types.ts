// The types of the API, with the names of the contract.

export type Role = "administrator" | "manager" | "analyst";
export type SensorState = "active" | "expired" | "unlicensed";
export type LicenseState = "queued" | "active" | "expired" | "revoked";

/** A page of a list: from a cursor on, of at most so many items. */
export interface PageQuery {
  cursor?: string | null;
  limit?: number;
}

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
/** What adding a sensor needs on this server. */
export type Claim = "open" | "listed" | "code";

export interface Session {
  user: User;
  organizations: Membership[];
  claim: Claim;
}

export interface Organization {
  id: string;
  name: string;
  time_zone: string;
  /** The server no longer has this zone and counts days in UTC. */
  time_zone_missing: boolean;
  pool_order: string;
  notice_time: string;
  device_token_required: boolean;
  /** For managers and administrators. */
  device_token?: string;
  /** False: mails wait, because the server has no relay. */
  mail_is_set: boolean;
}

export interface NoticeRecipient {
  user_id: string;
  only_what_stops: boolean;
}

/** A sent message and its delivery. */
export interface Notice {
  id: string;
  kind:
    | "expires_in_one_month"
    | "expires_today"
    | "pool_low"
    | "code_revoked"
    | "alert_began"
    | "alert_over"
    | "sensor_released";
  recipient: string;
  serials: string[];
  due_on: string;
  queued_at: string;
  state: "waiting" | "sent" | "failed";
  attempts: number;
  sent_at: string | null;
  last_error: string | null;
}

/** The delivery of an e-mail. */
export type Delivery = Pick<
  Notice,
  "state" | "attempts" | "queued_at" | "sent_at" | "last_error"
>;

/** The own link, and one that belongs to no member. */
export interface CalendarFeed {
  made_at: string | null;
  made_by: string | null;
  older?: { made_at: string; made_by: string };
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
  assigned_by: string;
}

export type RefusalReason =
  | "bad_token"
  | "bad_timestamp"
  | "unlicensed"
  | "before_first_license"
  | "expired";

export interface Refused {
  count: number;
  first_at: string | null;
  last_at: string | null;
  reasons: Record<RefusalReason, number>;
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
  /** Active sensors that end within 30 days, and nothing follows. */
  stopping: number;
  /** Sensors that have no license and still send. */
  not_saving: number;
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
  refused: Refused;
  /** Measurements that differ from the saved one of the same time. */
  conflicts: number;
  last_seen_at: string | null;
  battery_ok: boolean | null;
  signal: number | null;
  channels: ChannelReading[];
  /** Samples are refused for their time since then; null: the last ones were in time. */
  clock_wrong: { since: string; offset_seconds: number } | null;
  /** The last sign of tampering; null: there was none. */
  tamper: { at: string; pin: boolean; enclosure: boolean; enclosure_open: boolean } | null;
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
  /** Of the organization that redeemed it, or that alone may. */
  organization_name: string | null;
  revoked_at: string | null;
  revoke_reason: string | null;
}

export interface OrganizationCounts {
  id: string;
  name: string;
  created_at: string;
  sensors: number;
  active: number;
  licenses_left: number;
}

/** The counted effects of revoking a code; without an instant if it was not redeemed. */
export interface Revocation {
  effective_at: string | null;
  withdrawn_from_pool: number;
  withdrawn_waiting: number;
  ended: number;
}

export interface Key {
  key: string;
  quantity: number;
  assigned: number;
  left: number;
  term: string;
  redeemed_at: string;
  redeemed_by: string | null;
}

/** A row of the operator's device list. */
export interface Device {
  serial: string;
  has_claim_code: boolean;
  organization_id: string | null;
  organization: NamedOrganization | null;
  /** The organization that has a sensor with this serial. */
  owner: NamedOrganization | null;
  listed_at: string;
  listed_by: string;
}
export interface NamedOrganization {
  id: string;
  name: string;
}
export interface DeviceRow {
  row: number;
  serial: string | null;
  result?: "added" | "changed";
  code?: string;
  detail?: string;
}
export interface DeviceImport {
  results: DeviceRow[];
  dry_run?: boolean;
}
export interface Release {
  serial: string;
  name: string;
  released_from: NamedOrganization;
  reserved_for: NamedOrganization | null;
}

export interface Assignments {
  licenses_left: number;
  results: { serial: string; licenses: License[] }[];
  dry_run?: boolean;
}

/** Licenses taken from one key, all starting now. */
export interface KeyTaken {
  key: string;
  term: string;
  quantity: number;
  expires_at: string;
  last_day: string;
}

/** A sensor that took a license from the pool when its auto renewal was switched on. */
export interface Renewed {
  serial: string;
  license_id: string;
  key: string;
  term: string;
  expires_at: string;
  last_day: string;
}

export interface ChangedSensor extends Sensor {
  licenses_left: number;
  renewed: Renewed[];
}

export interface AddedSensor extends LicenseRow {
  /** One license, or none. */
  taken: KeyTaken[];
}

export interface ImportRow {
  row: number;
  /** Its number in a spreadsheet. */
  sheet_row: number;
  serial: string | null;
  name: string | null;
  result?: "added" | "resumed";
  /** Of its license; null: it takes none. */
  key?: string | null;
  code?: string;
  detail?: string;
}
/** How the server reads a list. */
export interface ImportPreview {
  charset: string;
  separator: string;
  header: boolean;
  columns: { header: string | null; column: string | null }[];
  rows: { sheet_row: number; fields: string[] }[];
  row_count: number;
}
export interface ImportAnswer {
  licenses_left: number;
  taken: KeyTaken[];
  results: ImportRow[];
  dry_run?: boolean;
}

export interface PlannedRenewal {
  serial: string;
  name: string | null;
  key: string;
  expires_at: string;
}
/** An expiration day: what it holds happens at the midnight that ends it. Of very many only the first are named. */
export interface PlannedDay {
  date: string;
  renewals: PlannedRenewal[];
  renewal_count: number;
  stops: { serial: string; name: string | null }[];
  stop_count: number;
}
export interface Purchase {
  by: string;
  quantity: number;
  term: string;
}
export interface Forecast {
  days: PlannedDay[];
  runs_dry_on: string | null;
  first_short: { serial: string; date: string } | null;
  to_buy: Purchase[];
  series: { date: string; licenses_left: number }[];
}

export interface AuditEntry {
  id: string;
  at: string;
  actor: { kind: "user" | "token" | "operator" | "system"; id: string | null; name: string | null };
  action: string;
  object: { kind: string; id: string };
  before: unknown;
  after: unknown;
}
