// The licenses that a sensor has had, the latest first.
import type { License } from "../../api";
import { CopyKey } from "../../components/copy";
import { LicenseSign } from "../../components/state_sign";
import { date, day, moment, term } from "../../format";
import { useOrganization } from "../../layout/organization_page";

export function History({ licenses, called }: { licenses: License[]; called: string }) {
  const { time_zone } = useOrganization();
  return (
    <table class="table cards history" role="table">
      <caption class="visually-hidden">Past licenses of {called}</caption>
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
        {[...licenses].reverse().map((license) => (
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
  );
}
