// A search box; its text goes into the address a moment after typing.
import { useEffect, useState } from "preact/hooks";
import { setQuery } from "../router";
import { Icon } from "./icon";

const PAUSE_MS = 250;

interface Props {
  /** The parameter of the address. */
  name: string;
  value: string;
  label: string;
}

export function Search({ name, value, label }: Props) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => setQuery({ [name]: typed.trim() }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, name]);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        setQuery({ [name]: typed.trim() });
      }}
    >
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        data-key="/"
        value={typed}
        maxLength={100}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </form>
  );
}
