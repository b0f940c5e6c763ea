// One sensor: its license now, what happens when that ends, and the two things to do about it.
import type { LicenseRow } from "../../api";
import { CopyKey } from "../../components/copy";
import { Icon } from "../../components/icon";
import { Sign } from "../../components/state_sign";
import { Switch } from "../../components/switch";
import { day, moment } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { Link } from "../../router";
import { endSign, endWords, nextWords, refusedWords } from "./row_words";

interface Props {
  row: LicenseRow;
  onAssign: (row: LicenseRow) => void;
  onAutoRenewal: (row: LicenseRow, on: boolean) => Promise<void>;
}

export function Row({ row, onAssign, onAutoRenewal }: Props) {
  const { id, time_zone } = useOrganization();
  const called = row.name || row.serial;
  const next = nextWords(row),
    refused = refusedWords(row, time_zone);
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        <Link href={`/o/${id}/sensors/${row.serial}`}>{called}</Link>
        {row.name && <span class="under serial">{row.serial}</span>}
      </th>
      <td role="cell" data-label="Activation date">
        {row.activated_at ? (
          <span title={moment(row.activated_at, time_zone)}>
            {day(row.activated_at, time_zone)}
          </span>
        ) : (
          <span class="faint">none</span>
        )}
      </td>
      <td role="cell" data-label="Expires at" class="cell-end">
        <div>
          <span title={row.expires_at ? moment(row.expires_at, time_zone) : undefined}>
            <Sign state={endSign(row)}>{endWords(row)}</Sign>
          </span>
          {next && <span class="under">{next}</span>}
          {refused && <span class="under wrong">{refused}</span>}
        </div>
      </td>
      <td role="cell" data-label="Key">
        {row.key ? (
          <CopyKey value={row.key} assigned={row.key_assigned} quantity={row.key_quantity} />
        ) : (
          <span class="faint">none</span>
        )}
      </td>
      <td role="cell" class="cell-assign">
        <button
          type="button"
          class="secondary icon-only"
          title="Assign a license"
          onClick={() => onAssign(row)}
        >
          <Icon name="plus" />
          <span class="narrow-word" aria-hidden="true">
            Assign a license
          </span>
          <span class="visually-hidden">Assign a license to {called}</span>
        </button>
      </td>
      <td role="cell" data-label="Auto renewal" class="cell-switch">
        <Switch
          label={`Auto renewal of ${called}`}
          on={row.auto_renewal}
          onChange={(on) => onAutoRenewal(row, on)}
        />
      </td>
    </tr>
  );
}
