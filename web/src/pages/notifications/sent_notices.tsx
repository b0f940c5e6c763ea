// The sent messages and their delivery.
import type { Notice } from "../../api";
import { getNotices } from "../../api";
import { MoreButton, useMore } from "../../components/load_more";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { count, date } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { useLive } from "../../live";
import { Link } from "../../router";
import { useResource } from "../../use_resource";
import { DeliverySign } from "./delivery_sign";

const KINDS: Record<Notice["kind"], string> = {
  expires_in_one_month: "Ends in a month",
  expires_today: "Last day",
  pool_low: "Licenses run out",
  code_revoked: "Code revoked",
  sensor_released: "Serial released",
  alert_began: "Alert",
  alert_over: "Alert is over",
};
const NAMED = 3;

export function SentNotices() {
  const { id } = useOrganization();
  const list = useResource(id, (signal) => getNotices(id, {}, signal), id);
  const more = useMore(id, list, (cursor, limit) => getNotices(id, { cursor, limit }));
  useLive(list.refresh);
  return (
    <section class="section" aria-labelledby="sent">
      <h2 id="sent">Sent messages</h2>
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data && more.items.length === 0 && (
        <p class="faint">
          Nothing has been sent yet. Messages, their recipients and their delivery appear here.
        </p>
      )}
      {more.items.length > 0 && (
        <table class="table cards notices" role="table" aria-busy={list.loading || undefined}>
          <caption class="visually-hidden">Messages, newest first</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["Notice", "To", "Sensors", "For", "Delivery"].map((words) => (
                <th key={words} role="columnheader" scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {more.items.map((notice) => (
              <Told key={notice.id} notice={notice} />
            ))}
          </tbody>
        </table>
      )}
      <MoreButton more={more} />
    </section>
  );
}

function Told({ notice }: { notice: Notice }) {
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        {KINDS[notice.kind]}
      </th>
      <td role="cell" data-label="To">
        <span class="recipient">{notice.recipient}</span>
      </td>
      <td role="cell" data-label="Sensors">
        <SensorNames serials={notice.serials} />
      </td>
      <td role="cell" data-label="For" class="nowrap">
        {date(notice.due_on)}
      </td>
      <td role="cell" data-label="Delivery">
        <DeliverySign delivery={notice} />
      </td>
    </tr>
  );
}

function SensorNames({ serials }: { serials: string[] }) {
  const { id } = useOrganization();
  if (serials.length === 0) return <span class="faint">–</span>;
  if (serials.length > NAMED) return <span>{count(serials.length, "sensor", "sensors")}</span>;
  return (
    <span class="values">
      {serials.map((serial) => (
        <Link key={serial} href={`/o/${id}/sensors/${serial}`}>
          {serial}
        </Link>
      ))}
    </span>
  );
}
