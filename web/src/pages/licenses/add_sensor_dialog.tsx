// Adding one sensor: takes one license from the pool.
import { useState } from "preact/hooks";
import { announce } from "../../announce";
import { addSensor, newSensor } from "../../api";
import { claimOf } from "../../claim";
import { ClaimField, useLabel } from "../../components/claim_field";
import { Dialog } from "../../components/dialog";
import { Field } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { count, date } from "../../format";
import { useSubmit } from "../../use_submit";
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
  const [serial, setSerial] = useState("");
  const [name, setName] = useState("");
  const [claim, setClaim] = useState("");
  const takeLabel = useLabel(setSerial, setClaim);
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      const row = await addSensor(organization, { ...newSensor(serial, name), ...claimOf(claim) });
      announce(
        `${row.name || row.serial} added${row.last_day ? `, active until ${date(row.last_day)}` : ""}`,
      );
      onAdded();
    });
  // A sensor with coverage left can be added with an empty pool: the server decides.
  if (submit.problem?.code === "no_licenses_left") {
    return (
      <Dialog key="empty" title="No licenses left" onClose={onClose}>
        <EmptyPool onCode={onCode} onClose={onClose} />
      </Dialog>
    );
  }
  const aboutSerial =
    submit.problem && SERIAL_PROBLEMS.includes(submit.problem.code)
      ? submit.problem.detail
      : submit.at("serial");
  const besides = aboutSerial ? null : submit.besides("serial", "name", "claim_code");
  return (
    <Dialog title="Add sensor" onClose={onClose}>
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
          value={serial}
          onValue={takeLabel}
          error={aboutSerial}
          autofocus
          autocomplete="off"
          spellcheck={false}
          class="serial-input"
          placeholder="282C02424EED"
          hint="12 hexadecimal digits, printed on the sensor"
        />
        <ClaimField value={claim} onValue={setClaim} error={submit.at("claim_code")} />
        <Field
          label="Name"
          optional
          value={name}
          onValue={setName}
          error={submit.at("name")}
          autocomplete="off"
        />
        {left !== null && (
          <p class="faint">
            {left > 0
              ? `Takes one of the ${count(left, "license", "licenses")} left, starting now.`
              : "No licenses are left in the pool."}
          </p>
        )}
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Add sensor</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
