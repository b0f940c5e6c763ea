// An organization by its name; empty: any.
import { useEffect, useState } from "preact/hooks";
import { getOrganizations } from "../../api";
import type { Option } from "../../components/combobox";
import { Combobox } from "../../components/combobox";
import { day } from "../../format";
import { HERE } from "./here";

const PAUSE_MS = 150,
  SHOWN_AT_MOST = 20;
const ANY: Option = { value: "", words: "Any organization" };

export interface Chosen {
  id: string;
  name: string;
}

/** The server finds a part of a name; two of one name differ by the day on which they were made. */
function useFound(typed: string): Option[] {
  const [found, setFound] = useState<Option[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      getOrganizations({ q: typed.trim(), limit: SHOWN_AT_MOST }, abort.signal).then(
        ({ items }) =>
          setFound(
            items.map(({ id, name, created_at }) => ({
              value: id,
              words: name,
              aside: `since ${day(created_at, HERE)}`,
            })),
          ),
        () => {}, // the list of before stays
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [typed]);
  return found;
}

interface Props {
  label: string;
  hint: string;
  value: Chosen | null;
  onValue: (chosen: Chosen | null) => void;
  error: string | null;
  /** The id of an organization that is not offered. */
  except?: string;
}

export function OrganizationField({ label, hint, value, onValue, error, except }: Props) {
  const [typed, setTyped] = useState("");
  const found = useFound(typed);
  const chosen = value ? [{ value: value.id, words: value.name }] : [];
  const others = found.filter((one) => one.value !== value?.id && one.value !== except);
  const options = [...(typed.trim() ? [] : [ANY]), ...others, ...chosen];
  return (
    <Combobox
      label={label}
      hint={hint}
      value={value?.id ?? ""}
      onValue={(id) => {
        const one = found.find((option) => option.value === id);
        onValue(one ? { id, name: one.words } : id === value?.id ? value : null);
      }}
      options={options}
      onTyped={setTyped}
      error={error}
    />
  );
}
