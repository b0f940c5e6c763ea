// The switch of auto renewal. Where it would take a license now, it asks first.
import { useState } from "preact/hooks";
import type { ChangedSensor, Renewed } from "../api";
import { shortenKey } from "../code";
import { count, date, number, term } from "../format";
import { previewAutoRenewal, setAutoRenewal } from "../verbs/sensors";
import type { Subject } from "../verbs/subject";
import { ConfirmDialog } from "./confirm_dialog";
import { Switch } from "./switch";

interface Props {
  subject: Subject;
  /** Only a sensor without coverage can take a license when it is switched on. */
  covered: boolean;
  shown?: string;
}

export function RenewalSwitch({ subject, covered, shown }: Props) {
  const [asked, setAsked] = useState<ChangedSensor | null>(null);
  const flip = async (on: boolean) => {
    if (on && !covered) {
      const preview = await previewAutoRenewal(subject);
      if (preview.renewed.length > 0) {
        setAsked(preview);
        return false;
      }
    }
    await setAutoRenewal(subject, on);
    return true;
  };
  return (
    <>
      <Switch
        label={`Auto renewal of ${subject.called}`}
        shown={shown}
        on={subject.auto_renewal}
        onChange={flip}
        quiet
      />
      {asked && (
        <Spends
          subject={subject}
          preview={asked}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

const licenseWords = ({ key, term: length, last_day }: Renewed) =>
  `a license of ${term(length)} from the key ${shortenKey(key)}, until ${date(last_day)}`;

interface SpendsProps {
  subject: Subject;
  preview: ChangedSensor;
  onClose: () => void;
}

function Spends({ subject, preview, onClose }: SpendsProps) {
  const { renewed, licenses_left: left } = preview;
  const mine = renewed.find(({ serial }) => serial === subject.serial);
  const others = renewed.length - (mine ? 1 : 0);
  return (
    <ConfirmDialog
      title="Switch auto renewal on"
      deed={`Take ${count(renewed.length, "license", "licenses")}`}
      run={async () => {
        await setAutoRenewal(subject, true);
        onClose();
      }}
      onClose={onClose}
    >
      {mine && (
        <p>
          <strong>{subject.called}</strong> has no license now. It takes {licenseWords(mine)},
          starting immediately.
        </p>
      )}
      {others > 0 && (
        <p>{count(others, "other sensor takes", "other sensors take")} a license, too.</p>
      )}
      <p>
        {number(left)} {left === 1 ? "license" : "licenses"} will be left in the pool.
      </p>
    </ConfirmDialog>
  );
}
