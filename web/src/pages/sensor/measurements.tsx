// The measurements of a sensor: a plot of one channel over a range, in words, and as a table.
import type { License, Sensor } from "../../api";
import { useMemo } from "preact/hooks";
import { Choice } from "../../components/choice";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { channelType, count, number, plainUnit, time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { setQuery, usePlace } from "../../router";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { statesOf } from "../alarms/rule_words";
import { Plot } from "./plot";
import type { Series, Wanted } from "./series";
import { RANGES, readSeries } from "./series";
import type { Span } from "./spans";
import { uncovered } from "./spans";
import { bareWords, summaryOf } from "./summary_words";
import { ValueTable } from "./value_table";

/** A series with its channel and range: it stays while another one is read. */
interface Read extends Wanted {
  series: Series;
  unit: string;
}

const rangeOf = (range: string | null) =>
  RANGES.find((candidate) => candidate.range === range) ?? RANGES[0]!;

export function Measurements({ sensor, licenses }: { sensor: Sensor; licenses: License[] | null }) {
  const organization = useOrganization();
  const { query } = usePlace();
  const range = rangeOf(query.get("range"));
  const channel =
    sensor.channels.find((candidate) => String(candidate.channel) === query.get("channel")) ??
    sensor.channels[0];
  const states = channel ? statesOf(channel.type) : null;
  const unit = channel ? plainUnit(channel.unit) : "";
  const wanted = channel && {
    organization: organization.id,
    serial: sensor.serial,
    channel: channel.channel,
    type: channel.type,
    states: states !== null,
    range: range.range,
  };
  const series = useResource(
    JSON.stringify(wanted ?? null),
    async (signal): Promise<Read | null> =>
      wanted ? { series: await readSeries(wanted, signal), ...wanted, unit } : null,
    sensor.serial,
  );
  useLive(series.refresh);
  if (!channel) {
    const refused = sensor.refused.count;
    return (
      <section class="section" aria-labelledby="measurements-title">
        <h2 id="measurements-title">Measurements</h2>
        <Empty title={refused > 0 ? "No measurements saved" : "No measurements yet"}>
          <p>
            {refused > 0
              ? `The sensor sent ${count(refused, "measurement", "measurements")} that could not be saved.`
              : sensor.state === "active"
                ? "Measurements appear here as soon as the sensor sends."
                : "No license covers the sensor now, so no measurements are saved."}
          </p>
        </Empty>
      </section>
    );
  }
  return (
    <section class="section" aria-labelledby="measurements-title">
      <div class="section-head">
        <h2 id="measurements-title">Measurements</h2>
        <Choice
          label="Range"
          value={range.range}
          onChoose={(chosen) => setQuery({ range: chosen === "24h" ? null : chosen })}
          options={RANGES.map((candidate) => ({ value: candidate.range, words: candidate.words }))}
        />
      </div>
      {sensor.channels.length > 1 && (
        <Choice
          label="Channel"
          value={String(channel.channel)}
          onChoose={(chosen) => setQuery({ channel: chosen })}
          options={sensor.channels.map((candidate) => ({
            value: String(candidate.channel),
            words:
              channelType(candidate.type) +
              (sensor.channels.some((other) => other !== candidate && other.type === candidate.type)
                ? ` ${candidate.channel}`
                : ""),
          }))}
        />
      )}
      {series.problem && <ProblemNote problem={series.problem} retry={series.reload} />}
      {!series.data && !series.problem && <Skeleton rows={4} />}
      {series.data && (
        <Shown
          read={series.data}
          licenses={licenses}
          latest={channel.at}
          busy={series.loading}
        />
      )}
    </section>
  );
}

interface ShownProps {
  read: Read;
  licenses: License[] | null;
  latest: string | null;
  busy: boolean;
}

const NO_SPANS: Span[] = [];

function Shown({ read, licenses, latest, busy }: ShownProps) {
  const { time_zone } = useOrganization();
  const { series, type, unit, range } = read;
  const states = statesOf(type);
  const over = rangeOf(range).over;
  const { shown } = series;
  const bare = useMemo(
    () => (licenses ? uncovered(licenses, shown, shown.until) : NO_SPANS),
    [licenses, shown],
  );
  const without = bareWords(bare, shown, time_zone);
  if (series.items.length === 0 && series.before === null) {
    return (
      <Empty title={`No measurements ${over}`}>
        {without && <p>{without}</p>}
        {latest && range !== "all" && (
          <p>
            The latest measurement is from {time(latest, time_zone)}.{" "}
            <button type="button" class="link" onClick={() => setQuery({ range: "all" })}>
              Show all
            </button>
          </p>
        )}
      </Empty>
    );
  }
  const name = channelType(type);
  const words = summaryOf({ series, type, unit, states, over, timeZone: time_zone });
  return (
    <figure class="plot-figure" aria-busy={busy || undefined}>
      <Plot
        series={series}
        type={type}
        unit={unit}
        states={states}
        timeZone={time_zone}
        bare={bare}
        words={without ? `${words} ${without}` : words}
        name={name}
      />
      <figcaption>
        <p>{words}</p>
        {without && <p>{without}</p>}
        {series.cut && (
          <p class="faint">
            Only the first {number(series.items.length)} are shown. Choose a shorter range for the
            rest.
          </p>
        )}
      </figcaption>
      <ValueTable
        series={series}
        states={states !== null}
        unit={unit}
        name={name}
        timeZone={time_zone}
      />
    </figure>
  );
}
