// A choice of a few words, all visible: radio buttons.
import { useId } from "preact/hooks";

interface Props {
  label: string;
  value: string;
  options: { value: string; words: string }[];
  onChoose: (value: string) => void;
}

export function Choice({ label, value, options, onChoose }: Props) {
  const id = useId();
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={id}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
          />
          <span>{option.words}</span>
        </label>
      ))}
    </fieldset>
  );
}
