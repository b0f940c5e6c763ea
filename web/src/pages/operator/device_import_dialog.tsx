// Importing the device list: choose or paste it, check it, then import all of it.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { DeviceImport, DeviceRow } from "../../api";
import { importDevices } from "../../api";
import { Dialog } from "../../components/dialog";
import { FieldError } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { count, number } from "../../format";
import { useSubmit } from "../../use_submit";

interface Props {
  onClose: () => void;
  onImported: () => void;
}

const BAD_ROWS_SHOWN = 20,
  BYTES_AT_MOST = 16 * 1024 * 1024;

export function DeviceImportDialog({ onClose, onImported }: Props) {
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [checked, setChecked] = useState<DeviceImport | null>(null);
  const submit = useSubmit();
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const take = (chosen: File | null, pasted: string) => {
    setFile(chosen);
    setText(pasted);
    setChecked(null);
    submit.clear();
  };
  const send = () =>
    submit.run(async () => {
      abort.current = new AbortController();
      const sending = { signal: abort.current.signal, onSent: () => {} };
      const bytes = file ?? new Blob([text]);
      if (!checked) return setChecked(await importDevices(bytes, true, sending));
      const { results } = await importDevices(bytes, false, sending);
      announce(`${count(results.length, "device", "devices")} imported`);
      onImported();
    });
  const bad = (submit.problem?.more.results as DeviceRow[] | undefined)?.filter(({ code }) => code);
  return (
    <Dialog title="Import devices" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (file || text.trim()) void send();
        }}
      >
        <Source text={text} file={file} onTake={take} />
        {submit.problem && (
          <ProblemNote problem={submit.problem}>{bad && <BadRows rows={bad} />}</ProblemNote>
        )}
        <div aria-live="polite">{checked && <Outcome results={checked.results} />}</div>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>
            {checked ? `Import ${count(checked.results.length, "device", "devices")}` : "Check"}
          </SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}

interface SourceProps {
  text: string;
  file: File | null;
  onTake: (file: File | null, text: string) => void;
}

function Source({ text, file, onTake }: SourceProps) {
  const id = useId();
  const chooser = useRef<HTMLInputElement>(null);
  const [tooLarge, setTooLarge] = useState(false);
  const read = (chosen: File | undefined) => {
    if (!chosen) return;
    setTooLarge(chosen.size > BYTES_AT_MOST);
    if (chosen.size <= BYTES_AT_MOST) onTake(chosen, "");
  };
  return (
    <>
      <div class="list-file">
        <button type="button" class="secondary" onClick={() => chooser.current?.click()}>
          {file ? "Choose another file" : "Choose a CSV file"}
        </button>
        <input
          ref={chooser}
          type="file"
          hidden
          accept=".csv,.txt,text/csv,text/plain"
          onChange={(event) => {
            read(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
        {file && <strong>{file.name}</strong>}
      </div>
      <div aria-live="polite">
        {tooLarge && <FieldError>The file is larger than 16 MiB. Split it.</FieldError>}
      </div>
      {file ? (
        <button type="button" class="link list-paste" onClick={() => onTake(null, "")}>
          Paste rows instead
        </button>
      ) : (
        <div class="field">
          <label for={id}>Or paste rows</label>
          <textarea
            id={id}
            rows={5}
            spellcheck={false}
            value={text}
            placeholder={"serial,claim_code\n282C02424EED,K7Q2-M9XW"}
            aria-describedby={`${id}-hint`}
            onInput={(event) => onTake(null, event.currentTarget.value)}
          />
          <p class="field-hint" id={`${id}-hint`}>
            The first row names the columns: serial, and if you like claim_code and organization_id.
            An empty field keeps what the list has.
          </p>
        </div>
      )}
    </>
  );
}

function BadRows({ rows }: { rows: DeviceRow[] }) {
  const rest = rows.length - BAD_ROWS_SHOWN;
  return (
    <ul class="points">
      {rows.slice(0, BAD_ROWS_SHOWN).map((row) => (
        <li key={row.row}>
          Row {number(row.row)}
          {row.serial && ` (${row.serial})`}: {row.detail}
        </li>
      ))}
      {rest > 0 && <li>and {count(rest, "row", "rows")} more</li>}
    </ul>
  );
}

function Outcome({ results }: { results: DeviceRow[] }) {
  const known = results.filter(({ result }) => result === "changed").length;
  return (
    <p class="note">
      {count(results.length - known, "new device", "new devices")}
      {known > 0 && `, and ${number(known)} that ${known === 1 ? "is" : "are"} already listed`}.
    </p>
  );
}
