// Where the list comes from: a file, chosen or dropped, or the clipboard.
import type { TargetedDragEvent } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import { FieldError } from "../../components/field";
import { SubmitButton } from "../../components/submit_button";
import type { Problem } from "../../api";
import { count } from "../../format";
import { CharsetChoice } from "./charset_choice";
import { Columns } from "./columns";
import type { Read, Source } from "./use_list";
import { BYTES_AT_MOST } from "./use_list";

interface Props {
  organization: string;
  text: string;
  source: Source | null;
  read: Read | null;
  problem: Problem | null;
  busy: boolean;
  /** It waits to be checked. */
  open: boolean;
  onText: (text: string) => void;
  onFile: (name: string, bytes: Blob) => void;
  onReading: (change: Partial<Source>) => void;
  onCheck: () => void;
}

/** Can the server check it? */
export const canCheck = ({ list, preview }: Read) =>
  preview.row_count > 0 && (list.columns?.includes("serial") ?? false);

function flawOf(read: Read | null, problem: Problem | null): string | null {
  if (problem) return problem.field === "charset" ? null : problem.detail;
  if (read && read.preview.row_count === 0)
    return "The list has no rows. A row has a serial and, if you like, a name.";
  return null;
}

export function ListForm(props: Props) {
  const { text, source, read, problem, busy, open, onText, onFile, onReading, onCheck } = props;
  const file = source?.file ?? null;
  const id = useId();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [columnsOpened, setColumnsOpened] = useState(false);
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > BYTES_AT_MOST)
      return announce(`${chosen.name} is larger than 16 MiB. Split it.`);
    // A copy: the file may change on the disk before it is imported.
    onFile(chosen.name, new Blob([await chosen.arrayBuffer()]));
  };
  const flaw = flawOf(read, problem);
  const ready = read !== null && canCheck(read);
  const drop = (event: TargetedDragEvent<HTMLFormElement>) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer?.files[0]);
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
            void take(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
        {file ? (
          <p>
            <strong>{file}</strong>
            {read && `, ${count(read.preview.row_count, "row", "rows")}`}
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
            The columns key, auto_renewal and claim_code are read, too.
          </p>
        </div>
      )}
      {source && (source.charset !== null || problem?.field === "charset") && (
        <CharsetChoice
          organization={props.organization}
          list={source}
          onCharset={(charset) => onReading({ charset, header: null, columns: null })}
        />
      )}
      <div aria-live="polite">{flaw && <FieldError>{flaw}</FieldError>}</div>
      {read && read.preview.row_count > 0 && (
        <Columns
          read={read}
          opened={columnsOpened}
          onOpened={setColumnsOpened}
          onColumns={(columns) => onReading({ columns })}
          onHeader={(header) => onReading({ header, columns: null })}
        />
      )}
      {ready && (!file || open) && (
        <SubmitButton pending={busy}>
          Check {count(read?.preview.row_count ?? 0, "row", "rows")}
        </SubmitButton>
      )}
    </form>
  );
}
