import type { IssuedCode } from "../../api";
import type { Shown } from "../../components/state_sign";
import { Sign } from "../../components/state_sign";
import { date, licensesOf, time } from "../../format";

const SIGNS: Record<IssuedCode["state"], [Shown, string]> = {
  issued: ["soon", "Issued"],
  redeemed: ["active", "Redeemed"],
  expired: ["expired", "Expired"],
  revoked: ["none", "Revoked"],
};

// An operator works across organizations: instants are shown in the browser's time zone.
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function CodeList({ codes }: { codes: IssuedCode[] }) {
  return (
    <table class="table cards" role="table">
      <caption class="visually-hidden">Issued codes</caption>
      <thead role="rowgroup">
        <tr role="row">
          {["Reference", "Licenses", "State", "Issued", "Redeem by", "Redeemed"].map((words) => (
            <th key={words} role="columnheader" scope="col">
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {codes.map((code) => (
          <tr role="row" key={code.id}>
            <th role="rowheader" scope="row" class="cell-sensor">
              {code.reference || <span class="faint">no reference</span>}
            </th>
            <td role="cell" data-label="Licenses">
              {licensesOf(code.quantity, code.term)}
            </td>
            <td role="cell" data-label="State">
              <Sign state={SIGNS[code.state][0]}>{SIGNS[code.state][1]}</Sign>
            </td>
            <td role="cell" data-label="Issued">
              {time(code.issued_at, HERE)}
            </td>
            <td role="cell" data-label="Redeem by">
              {code.redeem_by ? (
                date(code.redeem_by.slice(0, 10))
              ) : (
                <span class="faint">no limit</span>
              )}
            </td>
            <td role="cell" data-label="Redeemed">
              {code.redeemed_at ? time(code.redeemed_at, HERE) : <span class="faint">not yet</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
