// The server's answer to each row: errors first, then the result for the others.
import type { ImportRow } from "../../api";
import { Icon } from "../../components/icon";
import { Sign } from "../../components/state_sign";
import { saveCsv } from "../../csv";
import { count, number } from "../../format";

const ROWS_SHOWN = 200;

interface Props {
  results: ImportRow[];
  refused: boolean;
}

const isBad = ({ code }: ImportRow) => code !== undefined;

export function Answer({ results, refused }: Props) {
  const bad = results.filter(isBad);
  const good = results.filter((row) => !isBad(row));
  const resumed = good.filter(({ result }) => result === "resumed").length;
  const covered = good.filter(({ key }) => key === null).length;
  const shown = [...bad, ...good].slice(0, ROWS_SHOWN);
  const rest = results.length - shown.length;
  const save = () =>
    saveCsv("refused-rows.csv", [
      ["row", "serial", "name", "code", "detail"],
      ...bad.map((row) => [
        row.sheet_row,
        row.serial ?? "",
        row.name ?? "",
        row.code ?? "",
        row.detail ?? "",
      ]),
    ]);
  return (
    <>
      {refused ? (
        <div class="note note-wrong" role="alert">
          <Icon name="wrong" />
          <div>
            <p>
              {count(bad.length, "row is", "rows are")} refused, so nothing is imported. Correct{" "}
              {bad.length === 1 ? "it" : "them"} and check again.
            </p>
            <button type="button" class="secondary" onClick={save}>
              Save the refused rows
            </button>
          </div>
        </div>
      ) : (
        <p role="status">
          {count(good.length - resumed, "new sensor", "new sensors")}
          {resumed > 0 && `, ${number(resumed)} that ${resumed === 1 ? "was" : "were"} here before`}
          {covered > 0 &&
            `; ${count(covered, "sensor still has a license and takes", "sensors still have a license and take")} no new one`}
          .
        </p>
      )}
      <table class="table cards import-rows" role="table">
        <caption class="visually-hidden">What would happen to each row</caption>
        <thead role="rowgroup">
          <tr role="row">
            {["Row", "Serial", "Name", "Result"].map((words) => (
              <th key={words} role="columnheader" scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((row) => (
            <tr role="row" key={row.row}>
              <th role="rowheader" scope="row">
                <span class="narrow-word">Row </span>
                {number(row.sheet_row)}
              </th>
              <td role="cell" data-label="Serial" class="serial">
                {row.serial}
              </td>
              <td role="cell" data-label="Name">
                {row.name || <span class="faint">none</span>}
              </td>
              <td role="cell" data-label="Result">
                {isBad(row) ? (
                  <Sign state="expired">{row.detail ?? row.code}</Sign>
                ) : (
                  <Sign state="active">
                    {row.key === null
                      ? "continues with its license"
                      : row.result === "resumed"
                        ? "comes back with a new license"
                        : refused
                          ? "would be added"
                          : "new"}
                  </Sign>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p class="faint">and {count(rest, "row", "rows")} more</p>}
    </>
  );
}
