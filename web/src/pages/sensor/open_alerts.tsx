// The open alerts of a sensor.
import { getAlerts } from "../../api";
import { Icon } from "../../components/icon";
import { ProblemNote } from "../../components/notes";
import { time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { Link } from "../../router";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { causeWords, conditionWords } from "../alarms/rule_words";

export function OpenAlerts({ serial }: { serial: string }) {
  const { id, time_zone } = useOrganization();
  const list = useResource(
    `${id} ${serial}`,
    (signal) => getAlerts(id, { serial, open: true }, signal),
    `${id} ${serial}`,
  );
  useLive(list.refresh);
  if (!list.data && list.problem)
    return <ProblemNote problem={list.problem} retry={list.reload} />;
  if (!list.data || list.data.items.length === 0) return null;
  return (
    <div class="note" role="status">
      <Icon name="soon" />
      <ul class="open-alerts">
        {list.data.items.map((alert) => (
          <li key={alert.id}>
            <Link href={`/o/${id}/alerts?alert=${alert.id}`}>{conditionWords(alert)}</Link>
            {` since ${time(alert.started_at, time_zone)}`}
            {causeWords(alert) && `: ${causeWords(alert)}`}
            {!alert.evaluated && ", no longer evaluated"}
          </li>
        ))}
      </ul>
    </div>
  );
}
