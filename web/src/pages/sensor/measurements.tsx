// The measurements of a sensor: a plot of one channel over a range, in words, and as a table.
import type { License, Sensor } from "../../api";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { channelType, count, number, plainUnit, time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { setQuery, usePlace } from "../../router";
import { useEvery, useResource } from "../../use_resource";
import { Choice } from "../../components/choice";
import { Plot } from "./plot";
import type { Range, Series } from "./series";
import { RANGES, readSeries } from "./series";
import { summaryOf } from "./summary_words";
import { ValueTable } from "./value_table";

export function Measurements({ sensor, licenses }: { sensor: Sensor; licenses: License[] | null }) {
  const organization = useOrganization();
  const { query } = usePlace();
  const range = RANGES.find((candidate) => candidate.range === query.get("range")) ?? RANGES[0]!;
  const channel =
    sensor.channels.find((candidate) => String(candidate.channel) === query.get("channel")) ??
    sensor.channels[0];
  const states = channel?.state !== undefined && channel.state !== null;
  const wanted = channel && {
    organization: organization.id,
    serial: sensor.serial,
    channel: channel.channel,
    states,
    range: range.range,
  };
  const series = useResource(
    JSON.stringify(wanted ?? null),
    (signal) => (wanted ? readSeries(wanted, signal) : Promise.resolve(null)),
    sensor.serial,
  );
  useEvery(60, series.reload);
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
  const unit = plainUnit(channel.unit);
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
          series={series.data}
          name={channelType(channel.type)}
          unit={unit}
          states={states}
          range={range.range}
          over={range.over}
          licenses={licenses}
          latest={channel.at}
          busy={series.loading}
        />
      )}
    </section>
  );
}

interface ShownProps {
  series: Series;
  name: string;
  unit: string;
  states: boolean;
  range: Range;
  over: string;
  licenses: License[] | null;
  latest: string | null;
  busy: boolean;
}

function Shown({ series, name, unit, states, range, over, licenses, latest, busy }: ShownProps) {
  const { time_zone } = useOrganization();
  if (series.items.length === 0) {
    return (
      <Empty title={`No measurements ${over}`}>
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
  const words = summaryOf(series, name, unit, states, over, time_zone);
  return (
    <figure class="plot-figure" aria-busy={busy || undefined}>
      <Plot
        series={series}
        unit={unit}
        states={states}
        timeZone={time_zone}
        licenses={licenses}
        words={words}
        name={name}
      />
      <figcaption>
        <p>{words}</p>
        {series.cut && (
          <p class="faint">
            Only the first {number(series.items.length)} are shown. Choose a shorter range for the
            rest.
          </p>
        )}
      </figcaption>
      <ValueTable series={series} unit={unit} name={name} timeZone={time_zone} />
    </figure>
  );
}
