// One sensor: its license, what comes next, and the actions.
import type { TargetedMouseEvent } from "preact";
import type { LicenseRow } from "../../api";
import { CopyKey } from "../../components/copy";
import { Icon } from "../../components/icon";
import { RenewalSwitch } from "../../components/renewal_switch";
import { Sign } from "../../components/state_sign";
import { day, moment } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { Link, setQuery } from "../../router";
import { subjectOf } from "../../verbs/subject";
import { endSign, endWords, nextWords, refusedWords } from "./row_words";

interface Props {
  row: LicenseRow;
  ticked: boolean;
  open: boolean;
  onTick: (on: boolean) => void;
  onAssign: (row: LicenseRow) => void;
}

/** The address of this list with the panel of a sensor open. */
function panelAddress(serial: string): string {
  const query = new URLSearchParams(location.search);
  query.set("sensor", serial);
  return `${location.pathname}?${query}`;
}

const CONTROLS = "a, button, input, label, select";

export function Row({ row, ticked, open, onTick, onAssign }: Props) {
  const { id, time_zone } = useOrganization();
  const called = row.name || row.serial;
  const next = nextWords(row),
    refused = refusedWords(row.refused, time_zone);
  const press = (event: TargetedMouseEvent<HTMLElement>) => {
    const control = event.target instanceof Element && event.target.closest(CONTROLS);
    if (!control && !getSelection()?.toString()) setQuery({ sensor: row.serial }, false);
  };
  return (
    <tr role="row" class={open ? "row row-open" : "row"} onClick={press}>
      <td role="cell" class="cell-tick">
        <label class="tick">
          <input
            type="checkbox"
            aria-label={`Select ${called}`}
            checked={ticked}
            onChange={(event) => onTick(event.currentTarget.checked)}
          />
        </label>
      </td>
      <th role="rowheader" scope="row" class="cell-sensor">
        <Link
          href={panelAddress(row.serial)}
          data-serial={row.serial}
          aria-current={open ? "true" : undefined}
        >
          {called}
        </Link>
        {row.name && <span class="under serial">{row.serial}</span>}
      </th>
      <td role="cell" data-label="Activation date" class="cell-aside">
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
      <td role="cell" data-label="Key" class="cell-aside">
        {row.key ? (
          <CopyKey value={row.key} assigned={row.key_assigned} quantity={row.key_quantity} />
        ) : (
          <span class="faint">none</span>
        )}
      </td>
      <td role="cell" class="cell-assign cell-aside">
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
      <td role="cell" data-label="Auto renewal" class="cell-switch cell-aside">
        <RenewalSwitch subject={subjectOf(id, row)} covered={row.state === "active"} />
      </td>
    </tr>
  );
}
