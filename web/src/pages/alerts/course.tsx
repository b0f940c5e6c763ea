// The measurements around an alert, with its threshold.
import type { Alert, Measurement } from "../../api";
import { getMeasurements } from "../../api";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { channelType, plainUnit, time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { Link } from "../../router";
import { useResource } from "../../use_resource";
import { causeWords, moreWords, STATES, withUnit } from "../alarms/rule_words";
import { Plot } from "../sensor/plot";
import { ValueTable } from "../sensor/value_table";

const HOUR_MS = 3_600_000,
  DAY_MS = 24 * HOUR_MS,
  MOST = 1000;

const instant = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

async function readAround(organization: string, alert: Alert, signal: AbortSignal) {
  const begin = Date.parse(alert.started_at);
  const end = alert.ended_at ? Date.parse(alert.ended_at) : Date.now();
  const around = Math.max(HOUR_MS, (end - begin) / 2);
  const span = end - begin + 2 * around;
  const resolution = span > 60 * DAY_MS ? "1d" : span > 2 * DAY_MS ? "1h" : null;
  const states = STATES[alert.channel_type ?? ""] !== undefined;
  const list = await getMeasurements(
    organization,
    alert.serial,
    {
      channel: alert.channel ?? 1,
      from: instant(begin - around),
      to: instant(end + around),
      limit: MOST,
      ...(resolution && !states ? { resolution } : {}),
    },
    signal,
  );
  const items: Measurement[] = list.items.filter(({ type }) => type === alert.channel_type);
  return { items, resolution: states ? null : resolution, cut: list.next !== null };
}

export function Course({ alert }: { alert: Alert }) {
  const { id, time_zone } = useOrganization();
  const name = alert.sensor_name || alert.serial;
  const further = moreWords(alert);
  const cause = causeWords(alert);
  const states = STATES[alert.channel_type ?? ""] !== undefined;
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

function Values({ alert, states, words }: { alert: Alert; states: boolean; words: string }) {
  const { id, time_zone } = useOrganization();
  const read = useResource(alert.id, (signal) => readAround(id, alert, signal), alert.id);
  if (read.problem) return <ProblemNote problem={read.problem} retry={read.reload} />;
  if (!read.data) return <Skeleton rows={5} />;
  if (read.data.items.length === 0)
    return <p class="faint">The sensor of these measurements was removed.</p>;
  const name = channelType(alert.channel_type ?? "");
  const unit = plainUnit(alert.unit);
  return (
    <figure class="plot-figure">
      <Plot
        series={read.data}
        unit={unit}
        states={states}
        timeZone={time_zone}
        licenses={null}
        threshold={states ? null : alert.threshold}
        words={`${name}. ${words}.`}
        name={name}
      />
      <ValueTable series={read.data} unit={unit} name={name} timeZone={time_zone} />
    </figure>
  );
}
