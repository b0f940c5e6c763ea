// Filters of the audit log: person, object, action, time. The address holds all of them.
import { useEffect, useState } from "preact/hooks";
import { Field } from "../../components/field";
import { setQuery } from "../../router";
import { ACTIONS } from "./audit_words";
import type { Wanted } from "./wanted";

const PAUSE_MS = 300;

interface Props {
  wanted: Wanted;
  /** Names of people with entries: suggested while typing. */
  actors: string[];
}

export function AuditFilters({ wanted, actors }: Props) {
  const actions = Object.entries(ACTIONS).map(([value, words]) => ({ value, words }));
  return (
    <form class="audit-filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <Typed label="E-mail of the person" name="user" value={wanted.user} offered={actors} />
      <Pick
        label="Change"
        name="action"
        all="Every change"
        value={wanted.action}
        options={actions}
      />
      <Typed label="Serial or other object" name="object" value={wanted.object} />
      <Field
        label="From"
        type="date"
        value={wanted.from}
        onValue={(from) => setQuery({ from })}
        max={wanted.to || undefined}
      />
      <Field
        label="To"
        type="date"
        value={wanted.to}
        onValue={(to) => setQuery({ to })}
        min={wanted.from || undefined}
      />
    </form>
  );
}

interface PickProps {
  label: string;
  name: string;
  all: string;
  value: string;
  options: { value: string; words: string }[];
}

function Pick({ label, name, all, value, options }: PickProps) {
  const strange = value !== "" && !options.some((option) => option.value === value);
  return (
    <div class="field">
      <label for={`audit-${name}`}>{label}</label>
      <select
        id={`audit-${name}`}
        value={value}
        onChange={(event) => setQuery({ [name]: event.currentTarget.value })}
      >
        <option value="">{all}</option>
        {strange && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.words}
          </option>
        ))}
      </select>
    </div>
  );
}

interface TypedProps {
  label: string;
  name: string;
  value: string;
  offered?: string[];
}

function Typed({ label, name, value, offered }: TypedProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === value) return;
    const timer = setTimeout(() => setQuery({ [name]: wanted }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, name]);
  const list = offered?.length ? `audit-${name}-offered` : undefined;
  return (
    <>
      <Field
        label={label}
        value={typed}
        onValue={setTyped}
        autocomplete="off"
        spellcheck={false}
        list={list}
      />
      {list && (
        <datalist id={list}>
          {offered!.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}
