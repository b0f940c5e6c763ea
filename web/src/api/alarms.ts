import { call, enc, org } from "./client";
import type { List, PageQuery } from "./types";

export type Condition =
  | "above"
  | "below"
  | "lost_connection"
  | "low_battery"
  | "sensor_error"
  | "clock_wrong"
  | "tamper";

/** Why an alert on a lost connection or on tampering began. */
export type Cause = "silent" | "never_seen" | "pin" | "enclosure" | "pin_and_enclosure";

/** The condition; the fields for values are null for the other conditions. */
export interface Looked {
  condition: Condition;
  channel_type: string | null;
  unit: string | null;
  threshold: number | null;
  hysteresis: number | null;
  for: string | null;
}

export interface AlarmRule extends Looked {
  id: string;
  /** Null: all sensors. */
  serial: string | null;
  sensor_name: string | null;
  tell_when_over: boolean;
  recipients: string[];
}

export interface Alert extends Looked {
  id: string;
  serial: string;
  sensor_name: string;
  rule: string;
  channel: number | null;
  cause: Cause | null;
  started_at: string;
  ended_at: string | null;
  peak: number | null;
  evaluated: boolean;
  withdrawn_at: string | null;
}

export interface AlarmRuleSettings {
  threshold?: number;
  hysteresis?: number;
  for?: string;
  tell_when_over?: boolean;
  recipients?: string[];
}

export interface NewAlarmRule extends AlarmRuleSettings {
  serial?: string;
  all?: boolean;
  condition: Condition;
  channel_type?: string;
}

const rules = (id: string) => `${org(id)}/alarm-rules`;

export const getAlarmRules = (id: string, page: PageQuery, signal?: AbortSignal) =>
  call<List<AlarmRule>>("GET", rules(id), { query: { ...page }, signal });
export const addAlarmRule = (id: string, rule: NewAlarmRule) =>
  call<AlarmRule>("POST", rules(id), { body: rule });
export const changeAlarmRule = (id: string, rule: string, change: AlarmRuleSettings) =>
  call<AlarmRule>("PATCH", `${rules(id)}/${enc(rule)}`, { body: change });
export const removeAlarmRule = (id: string, rule: string) =>
  call<void>("DELETE", `${rules(id)}/${enc(rule)}`);

export const getAlerts = (
  id: string,
  query: PageQuery & { open?: boolean; serial?: string },
  signal?: AbortSignal,
) =>
  call<List<Alert>>("GET", `${org(id)}/alerts`, {
    query: { ...query, limit: query.limit ?? 50 },
    signal,
  });
export const getAlert = (id: string, alert: string, signal?: AbortSignal) =>
  call<Alert>("GET", `${org(id)}/alerts/${enc(alert)}`, { signal });
