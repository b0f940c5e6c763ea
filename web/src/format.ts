// Numbers, dates and terms in words. Instants are shown in the organization's time zone, dates as they are.

const locale = navigator.languages?.length ? [...navigator.languages] : undefined;

/** With a true minus sign, as wide as a digit. */
function digits(value: number, options?: Intl.NumberFormatOptions): string {
  return value.toLocaleString(locale, options).replace("-", "−");
}

export function number(value: number): string {
  return digits(value);
}

export function count(value: number, one: string, many: string): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

function dated(options: Intl.DateTimeFormatOptions) {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (at: Date, timeZone: string): string => {
    let format = made.get(timeZone);
    if (!format)
      made.set(timeZone, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone })));
    return format.format(at);
  };
}

const formatDay = dated({ day: "numeric", month: "short", year: "numeric" });
const formatTime = dated({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const formatMoment = dated({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
const formatYear = dated({ year: "numeric" });
const formatShort = dated({ day: "numeric", month: "short" });

/** An instant's day: 24 Nov 2028. */
export const day = (instant: string, timeZone: string) => formatDay(new Date(instant), timeZone);
/** An instant with hour and minute. */
export const time = (instant: string, timeZone: string) => formatTime(new Date(instant), timeZone);
/** An instant to the second, its zone named. */
export const moment = (instant: string, timeZone: string) =>
  formatMoment(new Date(instant), timeZone);
const formatClock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });

/** The time of day of the browser, from milliseconds. */
export const clock = (ms: number) => formatClock.format(ms);
/** The day that ends at an instant: an end at midnight belongs to the day before. */
export const lastDay = (end: string, timeZone: string) =>
  formatDay(new Date(Date.parse(end) - 1000), timeZone);
/** A calendar date of the API ("2028-11-24"): no zone moves it. */
export const date = (text: string) => formatDay(new Date(`${text}T00:00:00Z`), "UTC");

/** An instant's day, its year left out when it is this one: "1,204 refused since 25 Nov". */
export function recentDay(instant: string, timeZone: string): string {
  const at = new Date(instant);
  const sameYear = formatYear(at, timeZone) === formatYear(new Date(), timeZone);
  return (sameYear ? formatShort : formatDay)(at, timeZone);
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** How long ago: "3 minutes ago", "yesterday". */
export function ago(instant: string, now = Date.now()): string {
  const seconds = Math.trunc((Date.parse(instant) - now) / 1000);
  if (seconds > -60) return "just now";
  if (seconds > -3600) return relative.format(Math.trunc(seconds / 60), "minute");
  if (seconds > -86400) return relative.format(Math.trunc(seconds / 3600), "hour");
  return relative.format(Math.trunc(seconds / 86400), "day");
}

/** days_left of the API in words: 0 is the last day itself. */
export function daysLeft(days: number): string {
  if (days === 0) return "today";
  if (days === 1) return "tomorrow";
  return `in ${number(days)} days`;
}

/** The number of days from one date of the API to another. */
export const daysBetween = (from: string, to: string) =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

const UNITS: Record<string, [string, string]> = {
  Y: ["year", "years"],
  M: ["month", "months"],
  W: ["week", "weeks"],
  D: ["day", "days"],
};

/** "P2Y" is "2 years". */
export function term(text: string): string {
  const [, amount, letter] = /^P(\d+)([YMWD])$/.exec(text) ?? [];
  const unit = letter && UNITS[letter];
  return amount && unit ? count(Number(amount), ...unit) : text;
}

/** "5 licenses of 2 years". */
export function licensesOf(quantity: number, length: string): string {
  return `${count(quantity, "license", "licenses")} of ${term(length)}`;
}

const TYPE_NAMES: Record<string, string> = {
  iaq: "IAQ",
  static_iaq: "Static IAQ",
  co2_gas: "CO₂",
  co_gas: "CO",
  no2_gas: "NO₂",
  h2s_gas: "H₂S",
  nh3_gas: "NH₃",
  ch4_gas: "CH₄",
  co2_equivalent: "CO₂ equivalent",
  breath_voc: "Breath VOC",
  pm_1_0: "PM 1.0",
  pm_2_5: "PM 2.5",
  pm_10: "PM 10",
  ok_alarm: "Alarm",
  humidity_accurate: "Humidity",
};

/** A channel type in words: "atmospheric_pressure" is "Atmospheric pressure". */
export function channelType(type: string): string {
  const words = type.replace(/_/g, " ").replace(/\bacc\b/g, "meter");
  return TYPE_NAMES[type] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export function plainUnit(unit: string | null): string {
  return unit && unit !== "binary" && unit !== "none" ? unit : "";
}

/** Decimals that a type is measured with: 6.0 °C beside 5.9 °C. */
const DECIMALS: Record<string, number> = {
  temperature: 1,
  humidity_accurate: 1,
  atmospheric_pressure: 1,
  ambient_light: 1,
  noise_level: 1,
  voltage: 1,
  h2s_gas: 2,
  percentage: 2,
  current: 2,
  current_precise: 3,
};

/** A value as its type is measured; means have one decimal more. */
export function measured(value: number, type: string, mean = false): string {
  const decimals = (DECIMALS[type] ?? 0) + (mean ? 1 : 0);
  return digits(value, {
    minimumFractionDigits: mean ? 0 : decimals,
    maximumFractionDigits: Math.max(decimals, mean ? 0 : 3),
  });
}

interface Reading {
  type: string;
  value?: number | null;
  state?: string | null;
  error_code?: number | null;
  unit: string | null;
}

/** A reading in words: "4.5 °C", "alarm", "sensor error 8355841". */
export function reading(item: Reading): string {
  if (item.state !== undefined && item.state !== null) return item.state;
  if (item.error_code !== undefined && item.error_code !== null)
    return `sensor error ${item.error_code}`;
  if (item.value === undefined || item.value === null) return "no value yet";
  const unit = plainUnit(item.unit);
  const value = measured(item.value, item.type);
  return unit ? `${value}\u00a0${unit}` : value;
}
