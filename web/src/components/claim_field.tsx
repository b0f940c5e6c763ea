// The claim code of a device, where the server requires one.
import { splitLabel, useClaim } from "../claim";
import { Field } from "./field";

interface Props {
  value: string;
  onValue: (value: string) => void;
  error: string | null;
}

export function ClaimField({ value, onValue, error }: Props) {
  if (useClaim() !== "code") return null;
  return (
    <Field
      label="Claim code"
      value={value}
      onValue={onValue}
      error={error}
      autocomplete="off"
      spellcheck={false}
      class="serial-input"
      hint="Printed on the sensor, beside the serial"
    />
  );
}

/** For the field of the serial: a scanned label fills both fields. */
export function useLabel(onSerial: (serial: string) => void, onCode: (code: string) => void) {
  const splits = useClaim() === "code";
  return (typed: string) => {
    const label = splits ? splitLabel(typed) : null;
    onSerial(label ? label.serial : typed);
    if (label) onCode(label.code);
  };
}
