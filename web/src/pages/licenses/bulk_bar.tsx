// A bar at the foot of the list with the selection and its actions.
import { count } from "../../format";
import type { Selection } from "./selection";

interface Props {
  selection: Selection;
  /** All sensors that match the filter, in words; null if the API has no such filter. */
  everything: string | null;
  onAssign: () => void;
}

export function BulkBar({ selection, everything, onAssign }: Props) {
  const size = selection.serials.size;
  if (size === 0 && !selection.everything) return null;
  return (
    <div class="bulk" role="region" aria-label="Selected sensors">
      <p role="status">
        {selection.everything ? (
          <strong>{everything}</strong>
        ) : (
          <strong>{count(size, "sensor", "sensors")} selected</strong>
        )}
      </p>
      {!selection.everything && everything && (
        <button type="button" class="link" onClick={selection.all}>
          Select {everything.charAt(0).toLowerCase() + everything.slice(1)} instead
        </button>
      )}
      <div class="bulk-actions">
        <button type="button" class="quiet" onClick={selection.clear}>
          Clear selection
        </button>
        <button type="button" onClick={onAssign}>
          Assign licenses
        </button>
      </div>
    </div>
  );
}
