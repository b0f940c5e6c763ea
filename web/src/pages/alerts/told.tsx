// The messages about an alert and their delivery.
import { getNotices } from "../../api";
import { MoreButton, useMore } from "../../components/load_more";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { useOrganization } from "../../layout/organization_page";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { DeliverySign } from "../notifications/delivery_sign";

export function Told({ alert }: { alert: string }) {
  const { id } = useOrganization();
  const list = useResource(alert, (signal) => getNotices(id, { alert }, signal), alert);
  const more = useMore(alert, list, (cursor, limit) =>
    getNotices(id, { alert, cursor, limit }),
  );
  // When every message has arrived or failed, there is nothing to wait for.
  const items = list.data?.items ?? [];
  const waits = items.length === 0 || items.some(({ state }) => state === "waiting");
  useLive(() => {
    if (waits) list.refresh();
  });
  return (
    <section class="alert-told" aria-labelledby="told">
      <h3 id="told">Sent messages</h3>
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton rows={2} />}
      {list.data && more.items.length === 0 && <p class="faint">No messages sent yet.</p>}
      {more.items.length > 0 && (
        <table class="table cards" role="table" aria-busy={list.loading || undefined}>
          <caption class="visually-hidden">Messages, newest first</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["To", "Subject", "Delivery"].map((words) => (
                <th key={words} role="columnheader" scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {more.items.map((notice) => (
              <tr role="row" key={notice.id}>
                <th role="rowheader" scope="row" class="recipient">
                  {notice.recipient}
                </th>
                <td role="cell" data-label="Subject">
                  {notice.kind === "alert_over" ? "alert over" : "alert began"}
                </td>
                <td role="cell" data-label="Delivery">
                  <DeliverySign delivery={notice} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreButton more={more} />
    </section>
  );
}
