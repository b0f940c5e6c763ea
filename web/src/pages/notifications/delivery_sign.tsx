// The delivery of an e-mail.
import type { Delivery } from "../../api";
import { Sign } from "../../components/state_sign";
import { count, moment, time } from "../../format";
import { useOrganization } from "../../layout/organization_page";

export function DeliverySign({ delivery }: { delivery: Delivery }) {
  const { time_zone } = useOrganization();
  const { state, attempts, queued_at, sent_at, last_error } = delivery;
  if (state === "sent")
    return (
      <span title={moment(sent_at ?? queued_at, time_zone)}>
        <Sign state="active">Sent {time(sent_at ?? queued_at, time_zone)}</Sign>
      </span>
    );
  const tries = attempts > 0 ? `, tried ${count(attempts, "time", "times")}` : "";
  return (
    <span>
      <Sign state={state === "failed" ? "expired" : "soon"}>
        {state === "failed" ? `Not delivered${tries}` : `Waiting${tries}`}
      </Sign>
      {last_error && <span class="faint delivery-error">{last_error}</span>}
    </span>
  );
}
