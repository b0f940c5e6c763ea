// Conditions in words.
import type { Alert, Cause, Condition, Looked } from "../../api";
import { channelType, number } from "../../format";

/** Of binary types: the word of each state, quiet first. */
export const STATES: Record<string, [string, string]> = {
  ok_alarm: ["ok", "alarm"],
  flooding: ["dry", "water"],
  output_control: ["off", "on"],
};

/** The words of a binary type's states, or null for a type with values. */
export const statesOf = (type: string | null): [string, string] | null =>
  STATES[type ?? ""] ?? null;

/** Conditions without a threshold. */
const PLAIN: Partial<Record<Condition, string>> = {
  lost_connection: "Lost connection",
  low_battery: "Low battery",
  sensor_error: "Probe error",
  clock_wrong: "Wrong clock",
  tamper: "Tampering",
};

const CAUSES: Record<Cause, string> = {
  silent: "",
  never_seen: "never sent a message",
  pin: "wrong PIN entered",
  enclosure: "enclosure opened",
  pin_and_enclosure: "wrong PIN entered, enclosure opened",
};

/** Details that the condition does not give: "never sent a message", "channel 2"; or "". */
export function causeWords({ condition, cause, channel }: Alert): string {
  if (condition === "sensor_error" && channel) return `channel ${channel}`;
  return cause ? CAUSES[cause] : "";
}

/** "Temperature above 8 °C" */
export function conditionWords({ condition, channel_type, unit, threshold }: Looked): string {
  const plain = PLAIN[condition];
  if (plain) return channel_type ? `${channelType(channel_type)}: ${plain.toLowerCase()}` : plain;
  const type = channel_type ?? "";
  const states = STATES[type];
  const state = states?.[condition === "above" ? 1 : 0];
  // The type "Alarm" needs only its state.
  if (state) return type === "ok_alarm" ? `Reports ${state}` : `${channelType(type)}: ${state}`;
  return `${channelType(type)} ${condition} ${withUnit(threshold, unit)}`;
}

export function withUnit(value: number | null, unit: string | null): string {
  if (value === null) return "";
  return unit ? `${number(value)}\u00a0${unit}` : number(value);
}

const UNITS: Record<string, [string, string]> = {
  s: ["second", "seconds"],
  m: ["minute", "minutes"],
  h: ["hour", "hours"],
  d: ["day", "days"],
};

/** "15m" as "15 minutes". */
export function durationWords(text: string): string {
  const units = UNITS[text.slice(-1)];
  const many = Number(text.slice(0, -1));
  return units ? `${number(many)} ${units[many === 1 ? 0 : 1]}` : text;
}

/** The other parts of the condition: "for 15 minutes, ends 0.5 °C inside the limit". */
export function moreWords(rule: Looked): string {
  const parts: string[] = [];
  if (rule.for)
    parts.push(
      rule.condition === "lost_connection"
        ? `${durationWords(rule.for)} after the expected time`
        : `for ${durationWords(rule.for)}`,
    );
  if (rule.hysteresis && !STATES[rule.channel_type ?? ""])
    parts.push(`ends ${withUnit(rule.hysteresis, rule.unit)} inside the limit`);
  return parts.join(", ");
}
