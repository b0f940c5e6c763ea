import type { Webhook } from "../../api";
import { Sign } from "../../components/state_sign";
import { moment } from "../../format";
import { useOrganization } from "../../layout/organization_page";

interface Props {
  webhooks: Webhook[];
  /** Whose deliveries are shown. */
  open: string | null;
  administers: boolean;
  busy: boolean;
  onOpen: (webhook: Webhook | null) => void;
  onTest: (webhook: Webhook) => void;
  onDelete: (webhook: Webhook) => void;
}

export function WebhookTable(props: Props) {
  return (
    <table class="table cards" role="table" aria-busy={props.busy || undefined}>
      <caption class="visually-hidden">Webhooks</caption>
      <thead role="rowgroup">
        <tr role="row">
          {["Address", "Events", "State", "Do"].map((words) => (
            <th key={words} role="columnheader" scope="col">
              {words === "Do" ? <span class="visually-hidden">{words}</span> : words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {props.webhooks.map((webhook) => (
          <Row key={webhook.id} webhook={webhook} {...props} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ webhook, open, administers, onOpen, onTest, onDelete }: Props & { webhook: Webhook }) {
  const { time_zone } = useOrganization();
  const name = <span class="visually-hidden"> {webhook.url}</span>;
  const shown = open === webhook.id;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        <div>
          <span class="recipient">{webhook.url}</span>
          <span class="under">
            since {moment(webhook.created_at, time_zone)}, by {webhook.created_by}
          </span>
        </div>
      </th>
      <td role="cell" data-label="Events">
        <span class="values">
          {webhook.events.map((event) => (
            <span key={event}>{event}</span>
          ))}
        </span>
      </td>
      <td role="cell" data-label="State">
        <div>
          <span class="nowrap">
            <Sign state={webhook.gone_at ? "expired" : "active"}>
              {webhook.gone_at ? "Stopped" : "In use"}
            </Sign>
          </span>
          {webhook.gone_at && (
            <span class="under">
              the receiver asked for no more messages (410) on {moment(webhook.gone_at, time_zone)}
            </span>
          )}
        </div>
      </td>
      <td role="cell" class="cell-act">
        <button
          type="button"
          class="quiet"
          aria-expanded={shown}
          onClick={() => onOpen(shown ? null : webhook)}
        >
          Deliveries{name}
        </button>
        {administers && !webhook.gone_at && (
          <button type="button" class="quiet" onClick={() => onTest(webhook)}>
            Test{name}
          </button>
        )}
        {administers && (
          <button type="button" class="quiet" onClick={() => onDelete(webhook)}>
            Delete{name}
          </button>
        )}
      </td>
    </tr>
  );
}
