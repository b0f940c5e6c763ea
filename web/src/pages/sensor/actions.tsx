// The actions of a sensor, for its page and for the panel of the License Manager.
import { useState } from "preact/hooks";
import type { LicenseRow, Sensor } from "../../api";
import { changed } from "../../changes";
import { RenewalSwitch } from "../../components/renewal_switch";
import { Switch } from "../../components/switch";
import { useOrganization } from "../../layout/organization_page";
import { pauseAlarms } from "../../verbs/sensors";
import { subjectOf } from "../../verbs/subject";
import { AssignDialog } from "../licenses/assign_dialog";
import { RedeemDialog } from "../licenses/redeem_dialog";
import { RemoveDialog } from "./remove_dialog";
import { ReplaceDialog } from "./replace_dialog";

interface MainProps {
  row: LicenseRow;
  left: number;
}

/** The two most frequent actions. */
export function LicenseActions({ row, left }: MainProps) {
  const { id } = useOrganization();
  const [assigning, setAssigning] = useState(false);
  const [redeeming, setRedeeming] = useState(false); // over the other dialog
  const subject = subjectOf(id, row);
  return (
    <>
      <RenewalSwitch subject={subject} covered={row.state === "active"} shown="Auto renewal" />
      <button type="button" onClick={() => setAssigning(true)}>
        Assign a license
      </button>
      {assigning && (
        <AssignDialog
          organization={id}
          row={row}
          left={left}
          onClose={() => setAssigning(false)}
          onCode={() => setRedeeming(true)}
        />
      )}
      {redeeming && (
        <RedeemDialog
          organization={id}
          left={left}
          onClose={() => setRedeeming(false)}
          onRedeemed={() => {
            setRedeeming(false);
            changed();
          }}
        />
      )}
    </>
  );
}

interface CareProps {
  sensor: Sensor;
  row: LicenseRow;
  onReplaced: (serial: string) => void;
  onRemoved: () => void;
}

/** The other actions. */
export function SensorActions({ sensor, row, onReplaced, onRemoved }: CareProps) {
  const { id } = useOrganization();
  const [open, setOpen] = useState<"replace" | "remove" | null>(null);
  const subject = subjectOf(id, row);
  const close = () => setOpen(null);
  return (
    <div class="care">
      <Switch
        label={`Pause alarms of ${subject.called}`}
        shown="Pause alarms"
        on={sensor.alarms_paused}
        onChange={(paused) => pauseAlarms(subject, paused)}
      />
      <button type="button" class="secondary" onClick={() => setOpen("replace")}>
        Replace
      </button>
      <button type="button" class="secondary" onClick={() => setOpen("remove")}>
        Remove
      </button>
      {open === "replace" && (
        <ReplaceDialog subject={subject} onClose={close} onReplaced={onReplaced} />
      )}
      {open === "remove" && (
        <RemoveDialog subject={subject} row={row} onClose={close} onRemoved={onRemoved} />
      )}
    </div>
  );
}
