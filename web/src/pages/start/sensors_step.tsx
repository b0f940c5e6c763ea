import { useRef, useState } from "preact/hooks";
import type { LicenseRow } from "../../api";
import { addSensor, getLicenseManager, newSensor } from "../../api";
import { claimOf } from "../../claim";
import { ClaimField, useLabel } from "../../components/claim_field";
import { Field } from "../../components/field";
import { KeySelect } from "../../components/key_select";
import { Icon } from "../../components/icon";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { SubmitButton } from "../../components/submit_button";
import { count, date, term as termWords } from "../../format";
import { useResource } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import { AddedLicense, useAddedPreview } from "../licenses/added_license";
import { SERIAL_PROBLEMS } from "../licenses/add_sensor_dialog";

interface Props {
  organization: string;
  quantity: number;
  term: string;
  onDone: () => void;
}

export function SensorsStep({ organization, quantity, term, onDone }: Props) {
  const pool = useResource(
    organization,
    (signal) => getLicenseManager(organization, { sort: "name" }, signal),
    organization,
  );
  if (pool.problem) return <ProblemNote problem={pool.problem} retry={pool.reload} />;
  if (!pool.data) return <Skeleton rows={3} />;
  const { licenses_left: left, items } = pool.data;
  const added = (row: LicenseRow) =>
    pool.change((page) => ({
      ...page,
      licenses_left: page.licenses_left - 1,
      items: [...page.items, row],
    }));
  return (
    <>
      <h1>
        {count(quantity, "license", "licenses")} of {termWords(term)}{" "}
        {quantity === 1 ? "is" : "are"} in your pool
      </h1>
      <p class="faint">Add your first sensors. Each takes one license, starting now.</p>
      {items.length > 0 && (
        <ul class="added" aria-label="Added sensors">
          {items.map((row) => (
            <li key={row.serial}>
              <Icon name="done" />
              <span>
                {row.name || row.serial}
                {row.name && <span class="under serial">{row.serial}</span>}
              </span>
              <span class="faint">{row.last_day && `until ${date(row.last_day)}`}</span>
            </li>
          ))}
        </ul>
      )}
      {left > 0 ? (
        <AddForm
          organization={organization}
          left={left}
          onAdded={added}
          onPoolChanged={pool.reload}
        />
      ) : (
        <p role="status">
          Every license of the pool is in use. More sensors need another activation code.
        </p>
      )}
      <div class="start-foot">
        <button type="button" class={left > 0 ? "secondary" : undefined} onClick={onDone}>
          {items.length > 0 ? "Go to the License Manager" : "Add sensors later"}
        </button>
      </div>
    </>
  );
}

interface FormProps {
  organization: string;
  left: number;
  onAdded: (row: LicenseRow) => void;
  onPoolChanged: () => void;
}

function AddForm({ organization, left, onAdded, onPoolChanged }: FormProps) {
  const [serial, setSerial] = useState("");
  const [name, setName] = useState("");
  const [claim, setClaim] = useState("");
  const takeLabel = useLabel(setSerial, setClaim);
  const form = useRef<HTMLFormElement>(null);
  const [key, setKey] = useState("");
  const submit = useSubmit();
  const added = newSensor(serial, name, key);
  const preview = useAddedPreview(organization, added, left);
  const send = async () => {
    const done = await submit.run(async () => {
      onAdded(await addSensor(organization, { ...added, ...claimOf(claim) }));
      setSerial("");
      setClaim("");
      setName("");
    });
    if (done) form.current?.querySelector("input")?.focus();
  };
  const aboutSerial =
    submit.problem && SERIAL_PROBLEMS.includes(submit.problem.code)
      ? submit.problem.detail
      : submit.at("serial");
  const besides = aboutSerial ? null : submit.besides("serial", "name", "claim_code");
  return (
    <form
      noValidate
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {besides && (
        <ProblemNote
          problem={besides}
          retry={besides.code === "no_licenses_left" ? onPoolChanged : undefined}
        />
      )}
      <Field
        label="Serial"
        value={serial}
        onValue={takeLabel}
        error={aboutSerial}
        autocomplete="off"
        spellcheck={false}
        autofocus
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
      <KeySelect organization={organization} value={key} onValue={setKey} />
      <SubmitButton pending={submit.pending}>Add sensor</SubmitButton>
      <AddedLicense preview={preview} left={left} />
    </form>
  );
}
