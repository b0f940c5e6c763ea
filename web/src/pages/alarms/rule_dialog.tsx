// Adding or changing an alarm rule.
import { useId, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { AlarmRule, AlarmRuleSettings, Condition, Person } from "../../api";
import { addAlarmRule, changeAlarmRule } from "../../api";
import { Field } from "../../components/field";
import { FormDialog } from "../../components/form_dialog";
import { channelType } from "../../format";
import { useSession } from "../../session";
import { useSubmit } from "../../use_submit";
import { conditionWords, STATES } from "./rule_words";

interface Props {
  organization: string;
  rule: AlarmRule | null;
  members: Person[];
  onClose: () => void;
  onDone: () => void;
}

const CONDITIONS: [Condition, string][] = [
  ["above", "Above a value"],
  ["below", "Below a value"],
  ["lost_connection", "Lost connection"],
  ["low_battery", "Low battery"],
  ["sensor_error", "Probe error"],
  ["clock_wrong", "Wrong clock"],
  ["tamper", "Tampering"],
];
/** The hints for conditions that have no fields of their own. */
const HINTS: Partial<Record<Condition, string>> = {
  lost_connection: "Also for sensors that have a license and have never sent a message.",
  sensor_error: "Alert while the newest measurement of a channel is an error code.",
  clock_wrong: "Alert while measurements are refused because the clock of the sensor is wrong.",
  tamper: "Alert when a wrong PIN was entered, or the enclosure was opened.",
};
const hasDelay = (condition: Condition) => condition !== "low_battery" && condition !== "tamper";
/** The types of measurement for a rule, each with its unit. */
const TYPES: [string, string][] = [
  ["temperature", "°C"],
  ["humidity", "%"],
  ["humidity_accurate", "%"],
  ["atmospheric_pressure", "hPa"],
  ["differential_pressure", "Pa"],
  ["co2_gas", "ppm"],
  ["ok_alarm", ""],
  ["flooding", ""],
  ["output_control", ""],
  ["ambient_light", "lx"],
  ["noise_level", "dB"],
  ["distance", "mm"],
  ["soil_moisture", "kPa"],
  ["percentage", "%"],
  ["voltage", "mV"],
  ["current", "mA"],
  ["resistance", "ohm"],
  ["pm_1_0", "µg/m³"],
  ["pm_2_5", "µg/m³"],
  ["pm_10", "µg/m³"],
  ["iaq", ""],
  ["co_gas", "ppm"],
  ["no2_gas", "ppm"],
  ["h2s_gas", "ppm"],
  ["nh3_gas", "ppm"],
  ["ch4_gas", "ppm"],
];

/** Reads a typed number, also with a comma; any other text becomes NaN. */
const typed = (text: string) => Number(text.trim().replace(",", "."));

export function RuleDialog({ organization, rule, members, onClose, onDone }: Props) {
  const [serial, setSerial] = useState(rule?.serial ?? "");
  const [condition, setCondition] = useState<Condition>(rule?.condition ?? "above");
  const [type, setType] = useState(rule?.channel_type ?? "temperature");
  const [probe, setProbe] = useState("");
  const [threshold, setThreshold] = useState(rule?.threshold?.toString() ?? "");
  const [hysteresis, setHysteresis] = useState(rule?.hysteresis?.toString() ?? "");
  const [minutes, setMinutes] = useState(minutesOf(rule?.for ?? null));
  const [over, setOver] = useState(rule?.tell_when_over ?? true);
  const { session } = useSession();
  const [told, setTold] = useState(new Set(rule?.recipients ?? (session ? [session.user.id] : [])));
  const [missing, setMissing] = useState<string | null>(null);
  const submit = useSubmit();
  const id = useId();
  const ofValues = condition === "above" || condition === "below";
  const binary = STATES[type] !== undefined;
  const unit = TYPES.find(([name]) => name === type)?.[1];

  const settings = (): AlarmRuleSettings => ({
    ...(ofValues && !binary ? { threshold: typed(threshold) } : {}),
    ...(ofValues && binary ? { threshold: 0.5 } : {}),
    ...(ofValues && !binary ? { hysteresis: hysteresis.trim() ? typed(hysteresis) : 0 } : {}),
    ...(hasDelay(condition) && (minutes.trim() || rule)
      ? { for: `${minutes.trim() || (condition === "lost_connection" ? 10 : 0)}m` }
      : {}),
    tell_when_over: over,
    recipients: [...told],
  });
  const send = () => {
    const wrong = ofValues && !binary && (!threshold.trim() || Number.isNaN(typed(threshold)));
    setMissing(wrong ? "Enter a number, such as 8 or -18.5" : null);
    if (wrong) return;
    void submit.run(async () => {
      if (rule) await changeAlarmRule(organization, rule.id, settings());
      else
        await addAlarmRule(organization, {
          ...(serial.trim() ? { serial: serial.trim() } : { all: true }),
          condition,
          ...(ofValues ? { channel_type: type } : {}),
          ...(condition === "sensor_error" && probe ? { channel_type: probe } : {}),
          ...settings(),
        });
      announce(rule ? "Rule changed" : "Rule added");
      onDone();
    });
  };
  return (
    <FormDialog
      title={rule ? conditionWords(rule) : "Add alarm rule"}
      deed={rule ? "Save" : "Add rule"}
      submit={submit}
      problem={submit.besides("serial", "threshold", "hysteresis", "for")}
      onSend={send}
      onClose={onClose}
    >
      {!rule && (
        <>
          <Field
            label="Serial of the sensor"
            optional
            value={serial}
            onValue={setSerial}
            error={submit.at("serial")}
            autofocus
            autocomplete="off"
            spellcheck={false}
            class="serial-input"
            placeholder="282C02424EED"
            hint="Leave empty for all sensors"
          />
          <div class="field">
            <label for={`${id}-condition`}>Condition</label>
            <select
              id={`${id}-condition`}
              value={condition}
              onChange={(event) => setCondition(event.currentTarget.value as Condition)}
            >
              {CONDITIONS.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </div>
          {ofValues && <TypeField value={type} onValue={setType} />}
          {condition === "sensor_error" && <TypeField any value={probe} onValue={setProbe} />}
        </>
      )}
      {ofValues && !binary && (
        <>
          <Field
            label={condition === "above" ? "Above" : "Below"}
            hint={unit && `In ${unit}`}
            value={threshold}
            onValue={setThreshold}
            error={missing ?? submit.at("threshold")}
            autocomplete="off"
          />
          <Field
            label="Ends this far inside the limit"
            optional
            value={hysteresis}
            onValue={setHysteresis}
            error={submit.at("hysteresis")}
            autocomplete="off"
            hint="Avoids repeated alerts for a value at the limit"
          />
        </>
      )}
      {ofValues && binary && (
        <p class="field-hint">
          {`Alert while the state is ${STATES[type]![condition === "above" ? 1 : 0]}.`}
        </p>
      )}
      {HINTS[condition] && <p class="field-hint">{HINTS[condition]}</p>}
      {hasDelay(condition) && (
        <Field
          label={condition === "lost_connection" ? "Minutes after the expected time" : "For at least (minutes)"}
          optional
          value={minutes}
          onValue={setMinutes}
          error={submit.at("for")}
          inputMode="numeric"
          autocomplete="off"
        />
      )}
      {members.length > 0 && (
        <fieldset class="choices">
          <legend>E-mail to</legend>
          {members.map(({ user_id, name, email }) => (
            <label key={user_id}>
              <input
                type="checkbox"
                checked={told.has(user_id)}
                onChange={(event) => {
                  const next = new Set(told);
                  if (event.currentTarget.checked) next.add(user_id);
                  else next.delete(user_id);
                  setTold(next);
                }}
              />
              <span>{name || email}</span>
            </label>
          ))}
        </fieldset>
      )}
      {told.size === 0 && <p class="field-hint">Nobody gets e-mail about this rule.</p>}
      {told.size > 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={over}
            onChange={(event) => setOver(event.currentTarget.checked)}
          />
          <span>Send another e-mail when it is over</span>
        </label>
      )}
    </FormDialog>
  );
}

interface TypeProps {
  /** With a choice of all types, "". */
  any?: boolean;
  value: string;
  onValue: (value: string) => void;
}

function TypeField({ any, value, onValue }: TypeProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Measurement</label>
      <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {any && <option value="">Any</option>}
        {TYPES.map(([name]) => (
          <option key={name} value={name}>
            {channelType(name)}
          </option>
        ))}
      </select>
    </div>
  );
}

const MINUTES: Record<string, number> = { m: 1, h: 60, d: 1440 };

function minutesOf(text: string | null): string {
  if (!text) return "";
  const unit = MINUTES[text.slice(-1)];
  const many = Number(text.slice(0, -1));
  return String(unit ? many * unit : Math.max(1, Math.round(many / 60)));
}
