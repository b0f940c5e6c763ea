// Adding one sensor: takes one license from the pool.
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../announce";
import { addSensor, newSensor } from "../../api";
import { claimOf } from "../../claim";
import { ClaimField, useLabel } from "../../components/claim_field";
import { Dialog } from "../../components/dialog";
import { Field } from "../../components/field";
import { KeySelect } from "../../components/key_select";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useDraft } from "../../drafts";
import { date } from "../../format";
import { useSubmit } from "../../use_submit";
import { AddedLicense, useAddedPreview } from "./added_license";
import { EmptyPool } from "./empty_pool";

interface Props {
  organization: string;
  left: number | null;
  onClose: () => void;
  onCode: () => void;
  onAdded: () => void;
}

/** Problems that belong to the serial, although the answer does not name the field. */
export const SERIAL_PROBLEMS = ["sensor_exists", "sensor_not_available", "serial_malformed"];

export function AddSensorDialog({ organization, left, onClose, onCode, onAdded }: Props) {
  const serial = useDraft("new sensor: serial", "");
  const claim = useDraft("new sensor: claim code", "");
  const name = useDraft("new sensor: name", "");
  const [key, setKey] = useState("");
  const takeLabel = useLabel(serial.set, claim.set);
  const submit = useSubmit();
  useEffect(submit.clear, [left]); // the pool has changed
  const added = newSensor(serial.value, name.value, key);
  const preview = useAddedPreview(organization, added, left);
  const forget = () => {
    serial.forget();
    claim.forget();
    name.forget();
  };
  const close = () => {
    forget();
    onClose();
  };
  const send = () =>
    submit.run(async () => {
      const row = await addSensor(organization, { ...added, ...claimOf(claim.value) });
      forget();
      announce(
        `${row.name || row.serial} added${row.last_day ? `, active until ${date(row.last_day)}` : ""}`,
      );
      onAdded();
    });
  // A sensor with coverage left can be added with an empty pool: the server decides.
  if (submit.problem?.code === "no_licenses_left") {
    return (
      <Dialog key="empty" title="No licenses left" onClose={close}>
        <EmptyPool onCode={onCode} onClose={close} />
      </Dialog>
    );
  }
  const problem = submit.problem ?? preview?.problem ?? null;
  const aboutSerial =
    problem && SERIAL_PROBLEMS.includes(problem.code) ? problem.detail : submit.at("serial");
  const aboutKey = problem?.code === "key_exhausted" ? problem.detail : null;
  const besides =
    aboutSerial || aboutKey ? null : submit.besides("serial", "name", "claim_code");
  return (
    <Dialog title="Add sensor" onClose={close}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {besides && <ProblemNote problem={besides} />}
        <Field
          label="Serial"
          value={serial.value}
          onValue={(typed) => {
            takeLabel(typed);
            submit.clear();
          }}
          error={aboutSerial}
          autofocus
          autocomplete="off"
          spellcheck={false}
          class="serial-input"
          placeholder="282C02424EED"
          hint="12 hexadecimal digits, printed on the sensor"
        />
        <ClaimField value={claim.value} onValue={claim.set} error={submit.at("claim_code")} />
        <Field
          label="Name"
          optional
          value={name.value}
          onValue={name.set}
          error={submit.at("name")}
          autocomplete="off"
        />
        <KeySelect organization={organization} value={key} onValue={setKey} error={aboutKey} />
        <AddedLicense preview={preview} left={left} />
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={close}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Add sensor</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
