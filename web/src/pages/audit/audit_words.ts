// Entries of the audit log in words: actions, objects, and the differences between before and after.
import type { AuditEntry } from "../../api";
import { channelType, date, moment, number, term } from "../../format";

/** Every action of the log; the filter offers them, too. */
export const ACTIONS: Record<string, string> = {
  "code.redeem": "Code redeemed",
  "code.revoke": "Code revoked",
  "license.assign": "License assigned",
  "license.renew": "License renewed",
  "license.take_back": "License taken back",
  "license.revoke": "License revoked",
  "queue.reorder": "Queue reordered",
  "sensor.add": "Sensor added",
  "sensor.change": "Sensor changed",
  "sensor.remove": "Sensor removed",
  "sensor.replace": "Sensor replaced",
  "sensor.release": "Serial released by the operator",
  "sensor.reserve": "Serial reserved by the operator",
  "member.invite": "Member invited",
  "member.join": "Member joined",
  "member.change": "Role changed",
  "member.remove": "Member removed",
  "organization.create": "Organization created",
  "organization.change": "Settings changed",
  "organization.renew_device_token": "Device token renewed",
  "notifications.change": "Notifications changed",
  "alarm_rule.add": "Alarm rule added",
  "alarm_rule.change": "Alarm rule changed",
  "alarm_rule.remove": "Alarm rule deleted",
  "webhook.create": "Webhook added",
  "webhook.delete": "Webhook deleted",
  "calendar.make": "Calendar link created",
  "calendar.revoke": "Calendar link revoked",
};

function plain(word: string): string {
  const words = word.replace(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const actionWords = (action: string) => ACTIONS[action] ?? plain(action);

/** "alarm_rule" is "alarm rule". */
export const kindWords = (kind: string) => kind.replace(/_/g, " ");

export function actorWords({ kind, name, id }: AuditEntry["actor"]): string {
  if (kind === "system") return "the system";
  const called = name || id || "unknown";
  return kind === "user" ? called : `${called} (${kind === "token" ? "API token" : kind})`;
}

export interface Difference {
  field: string;
  before: string | null;
  after: string | null;
}

type Fields = Record<string, unknown>;

/** The fields of an object; any other value becomes a single field. */
function fieldsOf(value: unknown): Fields {
  if (value === null || value === undefined) return {};
  return typeof value === "object" && !Array.isArray(value) ? (value as Fields) : { value };
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  DAY = /^\d{4}-\d\d-\d\d$/,
  TERM = /^P\d+[YMWD]$/;

function said(value: unknown, timeZone: string): string {
  if (value === null || value === undefined || value === "") return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) return value.map((one) => said(one, timeZone)).join(", ") || "none";
  if (typeof value === "object")
    return Object.entries(value)
      .map(([name, one]) => `${plain(name).toLowerCase()} ${said(one, timeZone)}`)
      .join(", ");
  const text = String(value);
  if (INSTANT.test(text)) return moment(text, timeZone);
  if (DAY.test(text)) return date(text);
  return TERM.test(text) ? term(text) : text;
}

/** Fields whose values are words of the API: "lost_connection", "oldest_first". */
const WORDS: Record<string, (word: string) => string> = {
  channel_type: channelType,
  condition: kindWords,
  pool_order: kindWords,
};

/** Fields whose names are unclear. */
const FIELDS: Record<string, string> = {
  url: "URL",
  for_seconds: "Duration in seconds",
};

/** Fields that differ; of something new or gone, all of them. */
export function differences({ before, after }: AuditEntry, timeZone: string): Difference[] {
  const was = fieldsOf(before),
    is = fieldsOf(after);
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const at = (fields: Fields, name: string) => {
    const value = fields[name];
    if (value && typeof value === "string" && WORDS[name]) return WORDS[name](value);
    return name in fields ? said(value, timeZone) : null;
  };
  return names
    .map((name) => ({ field: FIELDS[name] ?? plain(name), before: at(was, name), after: at(is, name) }))
    .filter((one) => one.before !== one.after);
}
