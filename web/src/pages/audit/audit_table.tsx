import type { AuditEntry } from "../../api";
import { moment, time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { Link } from "../../router";
import { actionWords, actorWords, differences, kindWords } from "./audit_words";

export function AuditTable({ entries, busy }: { entries: AuditEntry[]; busy: boolean }) {
  return (
    <table class="table cards audit" role="table" aria-busy={busy || undefined}>
      <caption class="visually-hidden">Changes, newest first</caption>
      <thead role="rowgroup">
        <tr role="row">
          {["Change", "Object", "Who", "When", "Before and after"].map((words) => (
            <th key={words} role="columnheader" scope="col">
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </tbody>
    </table>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { id, time_zone } = useOrganization();
  const changes = differences(entry, time_zone);
  const { kind, id: object } = entry.object;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        {actionWords(entry.action)}
      </th>
      <td role="cell" data-label="Object" class="cell-object">
        <span>
          {kind === "sensor" ? (
            <Link href={`/o/${id}/sensors/${object}`}>{object}</Link>
          ) : (
            `${kindWords(kind)} ${object}`
          )}
        </span>
      </td>
      <td role="cell" data-label="Who" class="cell-object">
        <span>{actorWords(entry.actor)}</span>
      </td>
      <td role="cell" data-label="When" class="nowrap" title={moment(entry.at, time_zone)}>
        {time(entry.at, time_zone)}
      </td>
      <td role="cell" class="cell-changes">
        {changes.length === 0 ? (
          <span class="faint">no details</span>
        ) : (
          <ul class="changes">
            {changes.map(({ field, before, after }) => (
              <li key={field}>
                <span class="faint">{field}: </span>
                {before !== null && after !== null ? (
                  <>
                    <del>{before}</del>
                    <span aria-hidden="true"> → </span>
                    <ins>{after}</ins>
                  </>
                ) : after !== null ? (
                  <span>{after}</span>
                ) : (
                  <del>{before}</del>
                )}
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}
