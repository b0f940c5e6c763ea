// A labelled input with its hint and its error.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon";

export interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | null;
  optional?: boolean;
}

export function FieldError({ id, children }: { id?: string; children: ComponentChildren }) {
  return (
    <p class="field-error" id={id}>
      <Icon name="wrong" />
      <span>{children}</span>
    </p>
  );
}

interface InputProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "email" | "password" | "number" | "date" | "datetime-local" | "time";
  name?: string;
  autocomplete?: string;
  autofocus?: boolean;
  spellcheck?: boolean;
  class?: string;
  placeholder?: string;
  min?: string;
  max?: string;
  /** The id of a datalist. */
  list?: string;
  inputMode?: "numeric";
}

export function Field({
  label,
  hint,
  error,
  optional,
  value,
  onValue,
  type = "text",
  autofocus,
  ...rest
}: InputProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (autofocus) input.current?.focus();
  }, []);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>
        {label}
        {optional && <span class="optional"> optional</span>}
      </label>
      <input
        {...rest}
        ref={input}
        id={id}
        type={type as "text" /* the types of Preact want one, not several */}
        value={value}
        data-autofocus={autofocus || undefined}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={described || undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div aria-live="polite">{error && <FieldError id={`${id}-error`}>{error}</FieldError>}</div>
    </div>
  );
}
