// Which entries are listed: by whom, about what, of which kind, when. All of it stands in the address.
import { useEffect, useState } from "preact/hooks";
import { getMembers } from "../../api";
import { Field } from "../../components/field";
import { useOrganization } from "../../layout/organization_page";
import { setQuery } from "../../router";
import { useResource } from "../../use_resource";
import type { Wanted } from "./audit_log";
import { ACTIONS } from "./audit_words";

const PAUSE_MS = 300;

export function AuditFilters({ wanted }: { wanted: Wanted }) {
  const { id } = useOrganization();
  const members = useResource("members", (signal) => getMembers(id, signal), id);
  const people = (members.data?.items ?? []).map(({ user_id, name, email }) => ({
    value: user_id,
    words: name || email,
  }));
  const actions = Object.entries(ACTIONS).map(([value, words]) => ({ value, words }));
  return (
    <form class="audit-filters" role="search" onSubmit={(event) => event.preventDefault()}>
      {(people.length > 0 || wanted.user) && (
        <Pick label="Who" name="user" all="Everybody" value={wanted.user} options={people} />
      )}
      <Pick
        label="Change"
        name="action"
        all="Every change"
        value={wanted.action}
        options={actions}
      />
      <ObjectField value={wanted.object} />
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

function ObjectField({ value }: { value: string }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === value) return;
    const timer = setTimeout(() => setQuery({ object: wanted }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <Field
      label="Serial or other object"
      value={typed}
      onValue={setTyped}
      autocomplete="off"
      spellcheck={false}
    />
  );
}
