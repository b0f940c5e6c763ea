// The columns of a list with their meaning, above its first rows.
import { count } from "../../format";
import type { Read } from "./use_list";

const MEANINGS = [
  { value: "serial", words: "Serial" },
  { value: "name", words: "Name" },
  { value: "key", words: "Key" },
  { value: "auto_renewal", words: "Auto renewal" },
  { value: "claim_code", words: "Claim code" },
];
const ROWS_SHOWN = 4;

interface Props {
  read: Read;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onColumns: (columns: string[]) => void;
  onHeader: (header: boolean) => void;
}

export function Columns({ read, opened, onOpened, onColumns, onHeader }: Props) {
  const { list, preview } = read;
  const columns = list.columns ?? [];
  const complete = columns.includes("serial");
  const dropped = preview.columns.filter(({ header }, at) => header && !columns[at]).length;
  const choose = (place: number, meaning: string) =>
    onColumns(columns.map((now, at) => (at === place ? meaning : now === meaning ? "" : now)));
  const headOf = (at: number) => preview.columns[at]?.header || `Column ${at + 1}`;
  return (
    <details
      class="behind list-columns"
      open={opened || !complete}
      onToggle={(event) => onOpened(event.currentTarget.open)}
    >
      <summary>
        {complete
          ? `Columns${dropped > 0 ? `: ${count(dropped, "is", "are")} not imported` : ""}`
          : "Choose the column of the serials"}
      </summary>
      <label class="list-header">
        <input
          type="checkbox"
          checked={preview.header}
          onChange={(event) => onHeader(event.currentTarget.checked)}
        />
        The first row names the columns
      </label>
      <div class="list-table" role="region" aria-label="The first rows of the list" tabIndex={0}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Row</th>
              {columns.map((meaning, at) => (
                <th key={at} scope="col">
                  {headOf(at)}
                  <select
                    aria-label={`Meaning of ${headOf(at)}`}
                    value={meaning}
                    onChange={(event) => choose(at, event.currentTarget.value)}
                  >
                    <option value="">Not imported</option>
                    {MEANINGS.map(({ value, words }) => (
                      <option key={value} value={value}>
                        {words}
                      </option>
                    ))}
                  </select>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.slice(0, ROWS_SHOWN).map((row) => (
              <tr key={row.sheet_row}>
                <td class="faint">{row.sheet_row}</td>
                {columns.map((meaning, at) => (
                  <td key={at} class={meaning === "" ? "faint" : undefined}>
                    {row.fields[at]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
