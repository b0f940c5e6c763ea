// The selected rows: some by serial, or all that match the filter.
import { useEffect, useState } from "preact/hooks";

export interface Selection {
  serials: Set<string>;
  everything: boolean;
  toggle: (serial: string, on: boolean) => void;
  set: (serials: string[]) => void;
  all: () => void;
  clear: () => void;
}

/** Another list begins without a selection. */
export function useSelection(key: string): Selection {
  const [serials, setSerials] = useState<Set<string>>(new Set());
  const [everything, setEverything] = useState(false);
  const clear = () => {
    setSerials(new Set());
    setEverything(false);
  };
  useEffect(clear, [key]);
  return {
    serials,
    everything,
    clear,
    toggle: (serial, on) => {
      setEverything(false);
      setSerials((before) => {
        const after = new Set(before);
        if (on) after.add(serial);
        else after.delete(serial);
        return after;
      });
    },
    set: (chosen) => {
      setEverything(false);
      setSerials(new Set(chosen));
    },
    all: () => setEverything(true),
  };
}
