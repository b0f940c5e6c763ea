// The measurements around an alert, with its threshold.
import type { Alert } from "../../api";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { channelType, plainUnit, time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { Link } from "../../router";
import { useResource } from "../../use_resource";
import { causeWords, moreWords, statesOf, withUnit } from "../alarms/rule_words";
import { Plot } from "../sensor/plot";
import type { Series } from "../sensor/series";
import { readSpan } from "../sensor/series";
import type { Span } from "../sensor/spans";
import { ValueTable } from "../sensor/value_table";

const HOUR_MS = 3_600_000;

function readAround(organization: string, alert: Alert, signal: AbortSignal): Promise<Series> {
  const begin = Date.parse(alert.started_at);
  const now = Date.now();
  const end = alert.ended_at ? Date.parse(alert.ended_at) : now;
  const around = Math.max(HOUR_MS, (end - begin) / 2);
  const shown = { from: begin - around, until: Math.max(begin, Math.min(now, end + around)) };
  const channel = {
    organization,
    serial: alert.serial,
    channel: alert.channel ?? 1,
    type: alert.channel_type ?? "",
    states: statesOf(alert.channel_type) !== null,
  };
  return readSpan(channel, shown, false, signal);
}

export function Course({ alert }: { alert: Alert }) {
  const { id, time_zone } = useOrganization();
  const name = alert.sensor_name || alert.serial;
  const further = moreWords(alert);
  const cause = causeWords(alert);
  const states = statesOf(alert.channel_type);
  const words = [
    `${alert.ended_at ? "From" : "Since"} ${time(alert.started_at, time_zone)}`,
    alert.ended_at ? `until ${time(alert.ended_at, time_zone)}` : "",
    alert.peak !== null && !states ? `, peak ${withUnit(alert.peak, alert.unit)}` : "",
  ]
    .filter(Boolean)
    .join(" ")
    .replace(" ,", ",");
  return (
    <>
      <p>
        <Link href={`/o/${id}/sensors/${alert.serial}`}>{name}</Link>. {words}.
        {cause && ` ${cause.charAt(0).toUpperCase()}${cause.slice(1)}.`}
        {further && ` The rule: ${further}.`}
      </p>
      {alert.withdrawn_at && <p>Measurements that arrived later showed that there was no alert.</p>}
      {!alert.ended_at && !alert.evaluated && !alert.withdrawn_at && (
        <p>
          It is no longer evaluated: the sensor has no license, was removed, or its alarms
          are paused.
        </p>
      )}
      {alert.threshold !== null && <Values alert={alert} states={states} words={words} />}
    </>
  );
}

const NO_SPANS: Span[] = [];

interface ValuesProps {
  alert: Alert;
  states: [string, string] | null;
  words: string;
}

function Values({ alert, states, words }: ValuesProps) {
  const { id, time_zone } = useOrganization();
  const read = useResource(alert.id, (signal) => readAround(id, alert, signal), alert.id);
  if (read.problem) return <ProblemNote problem={read.problem} retry={read.reload} />;
  if (!read.data) return <Skeleton rows={5} />;
  if (read.data.items.length === 0 && read.data.before === null)
    return <p class="faint">The sensor of these measurements was removed.</p>;
  const name = channelType(alert.channel_type ?? "");
  const unit = plainUnit(alert.unit);
  return (
    <figure class="plot-figure">
      <Plot
        series={read.data}
        type={alert.channel_type ?? ""}
        unit={unit}
        states={states}
        timeZone={time_zone}
        bare={NO_SPANS}
        threshold={states ? null : alert.threshold}
        words={`${name}. ${words}.`}
        name={name}
      />
      <ValueTable
        series={read.data}
        states={states !== null}
        unit={unit}
        name={name}
        timeZone={time_zone}
      />
    </figure>
  );
}
