// The side panel of a row: the licenses of one sensor, beside the list. The address holds the serial.
import { useEffect, useRef } from "preact/hooks";
import type { Forecast } from "../../api";
import { Icon } from "../../components/icon";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { StateSign } from "../../components/state_sign";
import { useOrganization } from "../../layout/organization_page";
import { Link, setQuery } from "../../router";
import { LicenseActions, SensorActions } from "../sensor/actions";
import { Licenses } from "../sensor/licenses";
import { NotSaved } from "../sensor/not_saved";
import { Rename } from "../sensor/rename";
import { useHeld } from "../sensor/use_held";

interface Props {
  serial: string;
  plan: Forecast | null;
  onClose: () => void;
}

export function Panel({ serial, plan, onClose }: Props) {
  const { id } = useOrganization();
  const { sensor, held } = useHeld(id, serial, true);
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), [serial]);
  const problem = sensor.problem ?? held.problem;
  const row = held.data?.row ?? null;
  const retry = () => {
    sensor.reload();
    held.reload();
  };
  return (
    <aside
      ref={box}
      class="panel"
      tabIndex={-1}
      aria-label={`Licenses of ${sensor.data?.name || serial}`}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <header class="panel-head">
        {sensor.data ? (
          <Rename key={serial} organization={id} sensor={sensor.data} editable level={2} />
        ) : (
          <h2>{serial}</h2>
        )}
        <button
          type="button"
          class="quiet icon-only"
          aria-label="Close the panel"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {problem?.status === 404 ? (
        <p>There is no such sensor. It may have been removed, or replaced by another.</p>
      ) : (
        problem && <ProblemNote problem={problem} retry={retry} />
      )}
      {!problem && (!sensor.data || !held.data) && <Skeleton rows={5} />}
      {sensor.data && held.data && row && (
        <>
          <div class="panel-line">
            <StateSign state={row.state} />
            <Link href={`/o/${id}/sensors/${serial}`}>Measurements</Link>
          </div>
          <div class="panel-actions">
            <LicenseActions row={row} left={held.data.left} />
          </div>
          <Licenses row={row} licenses={held.data.licenses} plan={plan} level={3} />
          <NotSaved refused={row.refused} conflicts={sensor.data.conflicts} level={3} />
          <SensorActions
            sensor={sensor.data}
            row={row}
            onReplaced={(by) => setQuery({ sensor: by })}
            onRemoved={onClose}
          />
        </>
      )}
    </aside>
  );
}
