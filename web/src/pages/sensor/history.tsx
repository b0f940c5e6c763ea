// The sensor's licenses: past, running, waiting; as a timeline and as a table.
import type { License, LicenseRow } from "../../api";
import { CopyKey } from "../../components/copy";
import { LicenseSign } from "../../components/state_sign";
import { date, day, moment, term } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { Timeline } from "./timeline";

export function History({ licenses, row }: { licenses: License[]; row: LicenseRow | null }) {
  const { time_zone } = useOrganization();
  if (licenses.length === 0)
    return (
      <p class="faint">This sensor has never had a license: nothing that it measures is saved.</p>
    );
  return (
    <>
      <Timeline licenses={licenses} timeZone={time_zone} />
      <table class="table cards" role="table">
        <caption class="visually-hidden">
          License history{row?.name ? ` of ${row.name}` : ""}
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            {["State", "Starts", "Last day", "Term", "Key"].map((words) => (
              <th key={words} role="columnheader" scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {licenses.map((license) => (
            <tr role="row" key={license.id}>
              <th role="rowheader" scope="row" class="cell-sensor">
                <LicenseSign state={license.state} />
              </th>
              <td role="cell" data-label="Starts" title={moment(license.starts_at, time_zone)}>
                {day(license.starts_at, time_zone)}
              </td>
              <td role="cell" data-label="Last day" title={moment(license.expires_at, time_zone)}>
                {date(license.last_day)}
              </td>
              <td role="cell" data-label="Term">
                {term(license.term)}
              </td>
              <td role="cell" data-label="Key">
                <CopyKey value={license.key} assigned={null} quantity={null} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
