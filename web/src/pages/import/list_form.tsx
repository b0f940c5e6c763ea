// Where the list comes from: a file, chosen or dropped, or the clipboard.
import type { TargetedDragEvent } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import { FieldError } from "../../components/field";
import { SubmitButton } from "../../components/submit_button";
import { count } from "../../format";
import type { SensorList } from "./read_list";
import { BYTES_AT_MOST } from "./read_list";

interface Props {
  text: string;
  /** Its name, if the list is a file. */
  file: string | null;
  list: SensorList | null;
  busy: boolean;
  onText: (text: string) => void;
  onFile: (name: string | null, text: string) => void;
  onCheck: () => void;
}

export function ListForm({ text, file, list, busy, onText, onFile, onCheck }: Props) {
  const id = useId();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    // Twice the limit, because quotes and delimiters may be dropped.
    if (chosen.size > 2 * BYTES_AT_MOST) return announce(`${chosen.name} is too large. Split it.`);
    onFile(chosen.name, await chosen.text());
  };
  const drop = (event: TargetedDragEvent<HTMLFormElement>) => {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer?.files[0]);
  };
  return (
    <form
      class={over ? "list-form over" : "list-form"}
      noValidate
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onCheck();
      }}
    >
      <div class="list-file">
        <button type="button" class="secondary" onClick={() => chooser.current?.click()}>
          {file ? "Choose another file" : "Choose a CSV file"}
        </button>
        <input
          ref={chooser}
          type="file"
          hidden
          accept=".csv,.txt,.tsv,text/csv,text/plain"
          onChange={(event) => {
            void read(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
        {file ? (
          <p>
            <strong>{file}</strong>
            {list && `, ${count(list.rows.length, "row", "rows")}`}
          </p>
        ) : (
          <p class="faint">or drop one here</p>
        )}
      </div>
      {file ? (
        <button type="button" class="link list-paste" onClick={() => onText("")}>
          Paste rows instead
        </button>
      ) : (
        <div class="field">
          <label for={id}>Or paste rows</label>
          <textarea
            id={id}
            rows={6}
            spellcheck={false}
            value={text}
            placeholder={"serial,name\n282C02424EED,Vaccine fridge"}
            aria-describedby={`${id}-hint`}
            onInput={(event) => onText(event.currentTarget.value)}
          />
          <p class="field-hint" id={`${id}-hint`}>
            One sensor per row: serial and name, for example copied from a spreadsheet.
            The columns key and auto_renewal are read, too.
          </p>
        </div>
      )}
      <div aria-live="polite">
        {list?.problem && <FieldError>{list.problem}</FieldError>}
        {list && list.ignored.length > 0 && (
          <p class="field-hint">Ignored columns: {list.ignored.join(", ")}</p>
        )}
      </div>
      {list && !list.problem && !file && (
        <SubmitButton pending={busy}>Check {count(list.rows.length, "row", "rows")}</SubmitButton>
      )}
    </form>
  );
}
