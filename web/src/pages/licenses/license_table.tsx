// The list of sensors with their licenses. The roles are written out because narrow screens lay the rows out as cards.
import type { LicenseRow } from "../../api";
import { Icon } from "../../components/icon";
import { setQuery } from "../../router";
import { Row } from "./license_row";

interface Props {
  rows: LicenseRow[];
  sort: string;
  busy: boolean;
  onAssign: (row: LicenseRow) => void;
  onAutoRenewal: (row: LicenseRow, on: boolean) => Promise<void>;
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

export function LicenseTable({ rows, sort, busy, onAssign, onAutoRenewal }: Props) {
  const sorted = (...columns: string[]) => (columns.includes(sort) ? "ascending" : undefined);
  return (
    <table class="table cards licenses" role="table" aria-busy={busy || undefined}>
      <caption class="visually-hidden">Sensors and their licenses</caption>
      <thead role="rowgroup">
        <tr role="row">
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
          <th role="columnheader" scope="col" aria-sort={sorted("activated_at")}>
            <SortButton by="activated_at" sort={sort}>
              Activation date
            </SortButton>
          </th>
          <th role="columnheader" scope="col" aria-sort={sorted("expires_at")}>
            <SortButton by="expires_at" sort={sort}>
              Expires at
            </SortButton>
          </th>
          <th role="columnheader" scope="col">
            Key
          </th>
          <th role="columnheader" scope="col">
            <span class="visually-hidden">Assign</span>
          </th>
          <th role="columnheader" scope="col">
            Auto renewal
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <Row key={row.serial} row={row} onAssign={onAssign} onAutoRenewal={onAutoRenewal} />
        ))}
      </tbody>
    </table>
  );
}
