// The key that licenses are taken from: by default the pool order decides.
import { useId } from "preact/hooks";
import { getKeys } from "../api";
import { shortenKey } from "../code";
import { number, term } from "../format";
import { useResource } from "../use_resource";
import { FieldError } from "./field";
import { ProblemNote } from "./notes";

interface Props {
  organization: string;
  value: string;
  onValue: (key: string) => void;
  error?: string | null;
}

/** Nothing if there is no choice. */
export function KeySelect({ organization, value, onValue, error }: Props) {
  const id = useId();
  const keys = useResource("keys", (signal) => getKeys(organization, signal), organization);
  if (keys.problem) return <ProblemNote problem={keys.problem} retry={keys.reload} />;
  const open = keys.data?.items.filter(({ left }) => left > 0) ?? [];
  if (open.length < 2 && !value) return null;
  return (
    <div class="field">
      <label for={id}>Key</label>
      <select
        id={id}
        value={value}
        aria-invalid={error ? "true" : undefined}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        <option value="">In pool order</option>
        {open.map(({ key, left, term: length }) => (
          <option key={key} value={key}>
            {shortenKey(key)} · {term(length)} · {number(left)} left
          </option>
        ))}
      </select>
      <div aria-live="polite">{error && <FieldError>{error}</FieldError>}</div>
    </div>
  );
}
