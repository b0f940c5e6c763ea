// The messages to one webhook and their delivery.
import { announce } from "../../announce";
import type { Webhook, WebhookDelivery } from "../../api";
import { getDeliveries, redeliver } from "../../api";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { Sign } from "../../components/state_sign";
import { count, moment } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { useSubmit } from "../../use_submit";

interface Props {
  webhook: Webhook;
  /** Changes when something was queued. */
  turn: number;
  administers: boolean;
}

export function Deliveries({ webhook, turn, administers }: Props) {
  const { id } = useOrganization();
  const key = `${webhook.id} ${turn}`;
  const list = useResource(key, (signal) => getDeliveries(id, webhook.id, {}, signal), webhook.id);
  const more = useMore(key, list, (cursor, limit) =>
    getDeliveries(id, webhook.id, { cursor, limit }),
  );
  useLive(list.refresh);
  const submit = useSubmit();
  const again = (delivery: WebhookDelivery) =>
    void submit.run(async () => {
      await redeliver(id, webhook.id, delivery.id);
      announce("Message queued again");
      list.reload();
    });
  return (
    <section class="section" aria-labelledby="deliveries">
      <div class="section-head">
        <h2 id="deliveries">Deliveries</h2>
        <button type="button" class="quiet" onClick={list.reload}>
          Check again
        </button>
      </div>
      <p class="faint recipient">to {webhook.url}</p>
      {submit.problem && <ProblemNote problem={submit.problem} />}
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data && more.items.length === 0 && (
        <Empty title="Nothing sent yet">
          <p>Messages and the receiver's answers appear here.</p>
        </Empty>
      )}
      {more.items.length > 0 && (
        <table class="table cards" role="table" aria-busy={list.loading || undefined}>
          <caption class="visually-hidden">Deliveries, newest first</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["Event", "Queued", "Delivery", ...(administers ? ["Again"] : [])].map((words) => (
                <th key={words} role="columnheader" scope="col">
                  {words === "Again" ? <span class="visually-hidden">{words}</span> : words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {more.items.map((delivery) => (
              <Row key={delivery.id} delivery={delivery} again={administers ? again : null} />
            ))}
          </tbody>
        </table>
      )}
      <MoreButton more={more} />
    </section>
  );
}

interface RowProps {
  delivery: WebhookDelivery;
  again: ((delivery: WebhookDelivery) => void) | null;
}

const SIGNS = { sent: "active", waiting: "soon", failed: "expired" } as const;
const WORDS = { sent: "Delivered", waiting: "Waiting", failed: "Not delivered" };

function Row({ delivery, again }: RowProps) {
  const { time_zone } = useOrganization();
  const { state, attempts, answer_code, last_error } = delivery;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        <div>
          {delivery.event}
          <span class="under recipient">{delivery.message_id}</span>
        </div>
      </th>
      <td role="cell" data-label="Queued">
        {moment(delivery.queued_at, time_zone)}
      </td>
      <td role="cell" data-label="Delivery">
        <div>
          <Sign state={SIGNS[state]}>
            {WORDS[state]}
            {attempts > 0 && `, tried ${count(attempts, "time", "times")}`}
          </Sign>
          {state === "sent" && answer_code && <span class="under">answered {answer_code}</span>}
          {last_error && <span class="under">{last_error}</span>}
          {state === "waiting" && attempts > 0 && delivery.next_try_at && (
            <span class="under">next try {moment(delivery.next_try_at, time_zone)}</span>
          )}
        </div>
      </td>
      {again && (
        <td role="cell" class="cell-act">
          {state !== "waiting" && (
            <button type="button" class="quiet" onClick={() => again(delivery)}>
              Send again<span class="visually-hidden"> {delivery.message_id}</span>
            </button>
          )}
        </td>
      )}
    </tr>
  );
}
