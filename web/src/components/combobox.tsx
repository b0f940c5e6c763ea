// A searchable list (ARIA 1.2 combobox with a listbox).
import { useId, useRef, useState } from "preact/hooks";
import type { FieldProps } from "./field";
import { FieldError } from "./field";

export interface Option {
  value: string;
  words: string;
  aside?: string;
}

interface Props extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  options: Option[];
  /** The server finds the options: called with what is typed. */
  onTyped?: (text: string) => void;
}

const SHOWN_AT_MOST = 60;

/** Every word typed must occur. */
function fits(option: Option, typed: string): boolean {
  const text = `${option.words} ${option.aside ?? ""}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/[\s,/_]+/)
    .every((word) => text.includes(word));
}

export function Combobox({ label, hint, error, value, onValue, options, onTyped }: Props) {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [typed, setTyped] = useState<string | null>(null); // null: closed, the value is shown
  const [at, setAt] = useState(0);
  const open = typed !== null;
  const fitting = onTyped ? options : options.filter((option) => fits(option, typed ?? ""));
  const found = open ? fitting.slice(0, SHOWN_AT_MOST) : [];
  const chosen = options.find((option) => option.value === value);

  const show = (text: string) => {
    setTyped(text);
    setAt(0);
    onTyped?.(text);
  };
  const choose = (option: Option | undefined) => {
    if (option) onValue(option.value);
    setTyped(null);
  };
  const move = (to: number) => {
    const next = Math.max(0, Math.min(found.length - 1, to));
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) move(at + (event.key === "ArrowDown" ? 1 : -1));
      else show("");
    } else if (open && event.key === "Enter") {
      event.preventDefault();
      choose(found[at]);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      setTyped(null);
    }
  };

  return (
    <div class="field combobox">
      <label for={id}>{label}</label>
      <input
        id={id}
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-activedescendant={open && found[at] ? `${id}-${at}` : undefined}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={`${id}-hint`}
        value={typed ?? chosen?.words ?? value}
        onFocus={(event) => event.currentTarget.select()}
        onClick={() => {
          if (!open) show("");
        }}
        onInput={(event) => show(event.currentTarget.value)}
        onKeyDown={press}
        onBlur={() => setTyped(null)}
      />
      <ul
        id={`${id}-list`}
        ref={list}
        role="listbox"
        aria-label={label}
        class="options"
        hidden={!open}
      >
        {found.map((option, index) => (
          <li
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => {
              event.preventDefault();
              choose(option);
            }}
          >
            <span>{option.words}</span>
            <span class="faint">{option.aside}</span>
          </li>
        ))}
        {open && found.length === 0 && (
          <li role="option" aria-selected="false" aria-disabled="true" class="faint">
            Nothing found
          </li>
        )}
      </ul>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div aria-live="polite">{error && <FieldError>{error}</FieldError>}</div>
    </div>
  );
}
