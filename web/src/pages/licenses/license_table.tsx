// The list of sensors with their licenses. The roles are written out because narrow screens lay the rows out as cards.
import { useEffect, useRef } from "preact/hooks";
import type { LicenseRow } from "../../api";
import { Icon } from "../../components/icon";
import { setQuery } from "../../router";
import { Row } from "./license_row";
import type { Selection } from "./selection";

interface Props {
  rows: LicenseRow[];
  sort: string;
  busy: boolean;
  selection: Selection;
  /** The serial whose panel is open. */
  open: string | null;
  onAssign: (row: LicenseRow) => void;
}

/** All rows shown, or none; mixed if some are selected. */
function TickAll({ rows, selection }: { rows: LicenseRow[]; selection: Selection }) {
  const box = useRef<HTMLInputElement>(null);
  const ticked = rows.filter(({ serial }) => selection.serials.has(serial)).length;
  const all = selection.everything || (rows.length > 0 && ticked === rows.length);
  useEffect(() => {
    box.current!.indeterminate = !all && ticked > 0;
  });
  return (
    <label class="tick">
      <input
        ref={box}
        type="checkbox"
        aria-label="Select all rows shown"
        checked={all}
        onChange={() => (all ? selection.clear() : selection.set(rows.map(({ serial }) => serial)))}
      />
    </label>
  );
}

function SortButton({ by, sort, children }: { by: string; sort: string; children: string }) {
  return (
    <button
      type="button"
      class="sort"
      aria-pressed={by === sort}
      onClick={() => setQuery({ sort: by })}
    >
      {children}
      <Icon name="up" />
    </button>
  );
}

export function LicenseTable({ rows, sort, busy, selection, open, onAssign }: Props) {
  const sorted = (...columns: string[]) => (columns.includes(sort) ? "ascending" : undefined);
  return (
    <table class="table cards licenses" role="table" aria-busy={busy || undefined}>
      <caption class="visually-hidden">Sensors and their licenses</caption>
      <thead role="rowgroup">
        <tr role="row">
          <td role="columnheader" class="cell-tick">
            <TickAll rows={rows} selection={selection} />
          </td>
          <th role="columnheader" scope="col" aria-sort={sorted("name", "serial")}>
            <span class="sort-pair">
              <SortButton by="name" sort={sort}>
                Sensor
              </SortButton>
              <SortButton by="serial" sort={sort}>
                Serial
              </SortButton>
            </span>
          </th>
          <th role="columnheader" scope="col" class="cell-aside" aria-sort={sorted("activated_at")}>
            <SortButton by="activated_at" sort={sort}>
              Activation date
            </SortButton>
          </th>
          <th role="columnheader" scope="col" aria-sort={sorted("expires_at")}>
            <SortButton by="expires_at" sort={sort}>
              Expires at
            </SortButton>
          </th>
          <th role="columnheader" scope="col" class="cell-aside">
            Key
          </th>
          <th role="columnheader" scope="col" class="cell-assign cell-aside">
            <span class="visually-hidden">Assign</span>
          </th>
          <th role="columnheader" scope="col" class="cell-aside">
            Auto renewal
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <Row
            key={row.serial}
            row={row}
            ticked={selection.everything || selection.serials.has(row.serial)}
            open={row.serial === open}
            onTick={(on) => selection.toggle(row.serial, on)}
            onAssign={onAssign}
          />
        ))}
      </tbody>
    </table>
  );
}
