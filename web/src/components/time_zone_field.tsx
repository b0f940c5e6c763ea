// The time zone of an organization, found by any part of its name or by its offset.
import { useMemo } from "preact/hooks";
import type { Option } from "./combobox";
import { Combobox } from "./combobox";

function offsetNow(timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    timeZoneName: "shortOffset",
  }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

function allTimeZones(): Option[] {
  const names = new Set([browserTimeZone(), ...Intl.supportedValuesOf("timeZone"), "UTC"]);
  return [...names]
    .sort()
    .map((name) => ({ value: name, words: name.replace(/_/g, " "), aside: offsetNow(name) }));
}

export function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

interface Props {
  value: string;
  onValue: (timeZone: string) => void;
  error: string | null;
}

export function TimeZoneField(props: Props) {
  const options = useMemo(allTimeZones, []);
  return (
    <Combobox
      {...props}
      label="Time zone"
      options={options}
      hint="Licenses end at midnight in this time zone. Type a city to search."
    />
  );
}
