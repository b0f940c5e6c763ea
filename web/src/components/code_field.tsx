// A field for an activation code: it groups the symbols and checks the check symbol while typing.
import type { TargetedClipboardEvent } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { codeState, codeSymbols, formatCode } from "../code";
import { FieldError } from "./field";
import { Icon } from "./icon";

interface Props {
  value: string;
  onValue: (code: string) => void;
  error?: string | null;
  autofocus?: boolean;
}

export function CodeField({ value, onValue, error, autofocus }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const state = codeState(value);
  useLayoutEffect(() => {
    if (autofocus) input.current?.focus();
  }, []);

  const type = () => {
    const box = input.current!;
    const caret = codeSymbols(box.value.slice(0, box.selectionStart ?? box.value.length)).length;
    const code = formatCode(box.value);
    box.value = code;
    // Behind the same symbol as before, and behind the hyphen if the next group has begun.
    const at = caret + Math.floor(Math.max(0, caret - 1) / 5);
    box.setSelectionRange(at, at);
    onValue(code);
  };

  // The browser would remove a line break, and join a label above the code with it.
  const paste = (event: TargetedClipboardEvent<HTMLInputElement>) => {
    const text = event.clipboardData?.getData("text");
    if (!text) return;
    event.preventDefault();
    const box = event.currentTarget;
    const from = box.selectionStart ?? box.value.length;
    box.setRangeText(text.replace(/\s/g, " "), from, box.selectionEnd ?? from, "end");
    type();
  };

  return (
    <div class="field">
      <label for={id}>Activation code</label>
      <input
        id={id}
        ref={input}
        class="code-input"
        value={value}
        onInput={type}
        onPaste={paste}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="characters"
        data-autofocus={autofocus || undefined}
        placeholder="XXXXX-XXXXX-XXXXX-XXXXX-XXXXX"
        aria-invalid={state.wrong || error ? "true" : undefined}
        aria-describedby={`${id}-state`}
      />
      <div id={`${id}-state`} aria-live="polite">
        {error || state.wrong ? (
          <FieldError>{error ?? state.words}</FieldError>
        ) : (
          <p class={state.complete ? "field-hint field-done" : "field-hint"}>
            {state.complete && <Icon name="done" />}
            {state.words}
          </p>
        )}
      </div>
    </div>
  );
}
