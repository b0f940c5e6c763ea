import type { IssuedCode } from "../../api";
import type { Shown } from "../../components/state_sign";
import { Sign } from "../../components/state_sign";
import { date, licensesOf, time } from "../../format";
import { HERE } from "./here";

const SIGNS: Record<IssuedCode["state"], [Shown, string]> = {
  issued: ["soon", "Issued"],
  redeemed: ["active", "Redeemed"],
  expired: ["expired", "Expired"],
  revoked: ["none", "Revoked"],
};

interface Props {
  codes: IssuedCode[];
  busy: boolean;
  onRevoke: (code: IssuedCode) => void;
}

/** By which organization, and when; before that, the only one that may. */
function Redeemed({ code }: { code: IssuedCode }) {
  const { redeemed_at, organization_id, organization_name } = code;
  const name = organization_id && (organization_name ?? "a deleted organization");
  if (redeemed_at)
    return (
      <div>
        {name}
        <span class="under">{time(redeemed_at, HERE)}</span>
      </div>
    );
  return <span class="faint">{name ? `not yet, only by ${name}` : "not yet"}</span>;
}

/** The codes that can still be revoked. */
const REVOCABLE = ["issued", "redeemed"];

export function CodeList({ codes, busy, onRevoke }: Props) {
  return (
    <table class="table cards" role="table" aria-busy={busy || undefined}>
      <caption class="visually-hidden">Issued codes</caption>
      <thead role="rowgroup">
        <tr role="row">
          {["Reference", "Licenses", "State", "Issued", "Redeem by", "Redeemed"].map((words) => (
            <th key={words} role="columnheader" scope="col">
              {words}
            </th>
          ))}
          <th role="columnheader" scope="col">
            <span class="visually-hidden">Revoke</span>
          </th>
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
              <div>
                <Sign state={SIGNS[code.state][0]}>{SIGNS[code.state][1]}</Sign>
                {code.revoked_at && (
                  <span class="under">
                    {time(code.revoked_at, HERE)}
                    {code.revoke_reason && `: ${code.revoke_reason}`}
                  </span>
                )}
              </div>
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
              <Redeemed code={code} />
            </td>
            <td role="cell" class="cell-act">
              {REVOCABLE.includes(code.state) && (
                <button type="button" class="quiet" onClick={() => onRevoke(code)}>
                  Revoke
                  <span class="visually-hidden">
                    {" "}
                    {code.reference || licensesOf(code.quantity, code.term)}
                  </span>
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
