// A switch that acts immediately and goes back when the server refuses.
import { useState } from "preact/hooks";
import { announce } from "../announce";
import { asProblem } from "../use_resource";

interface Props {
  label: string;
  shown?: string;
  on: boolean;
  /** False: nothing was changed, the switch goes back. */
  onChange: (on: boolean) => Promise<boolean | void>;
  /** The action announces itself. */
  quiet?: boolean;
}

export function Switch({ label, shown: words, on, onChange, quiet }: Props) {
  const [wanted, setWanted] = useState<boolean | null>(null);
  const shown = wanted ?? on;
  const flip = async (input: HTMLInputElement) => {
    if (wanted !== null) {
      input.checked = shown;
      return;
    }
    setWanted(!on);
    try {
      const done = await onChange(!on);
      if (done === false) input.checked = on;
      else if (!quiet) announce(`${label}: ${on ? "off" : "on"}`);
    } catch (error) {
      input.checked = on;
      announce(asProblem(error).detail);
    } finally {
      setWanted(null);
    }
  };
  return (
    <label class="switch">
      {words && <span aria-hidden="true">{words}</span>}
      <input
        type="checkbox"
        role="switch"
        checked={shown}
        aria-label={label}
        onChange={(event) => void flip(event.currentTarget)}
      />
      <span class="switch-state" aria-hidden="true">
        {shown ? "on" : "off"}
      </span>
    </label>
  );
}
