// The state of the sensor in one strip, with signs for problems.
import type { ComponentChildren } from "preact";
import type { ChannelReading, LicenseRow, Sensor } from "../../api";
import { Ago } from "../../components/ago";
import { Sign, StateSign } from "../../components/state_sign";
import { channelType, count, reading, time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { endSign, endWords, nextWords, refusedWords } from "../licenses/row_words";
import { reasonTitles } from "./refusal_words";

/** A received signal: a sensor's index 0..63 (99 unknown), or dBm where it is negative. */
export function signalWords(signal: number | null): string {
  if (signal === null || signal === 99) return "unknown";
  if (signal === 0) return "below −110 dBm, weak";
  if (signal === 63) return "at least −48 dBm, strong";
  const dbm = signal < 0 ? signal : signal - 111;
  const word = dbm >= -85 ? "strong" : dbm >= -100 ? "fair" : "weak";
  return `−${Math.abs(dbm)} dBm, ${word}`;
}

/** A span of time in its largest unit: "3 hours", "2 days". */
function span(seconds: number): string {
  const size = Math.abs(seconds);
  if (size >= 2 * 365 * 86400) return count(Math.round(size / (365 * 86400)), "year", "years");
  if (size >= 2 * 86400) return count(Math.round(size / 86400), "day", "days");
  if (size >= 2 * 3600) return count(Math.round(size / 3600), "hour", "hours");
  return count(Math.max(1, Math.round(size / 60)), "minute", "minutes");
}

/** "3 hours ahead" */
const offsetWords = (seconds: number) => `${span(seconds)} ${seconds > 0 ? "ahead" : "behind"}`;

type Tamper = NonNullable<Sensor["tamper"]>;

function tamperWords({ pin, enclosure, enclosure_open }: Tamper): string {
  if (enclosure_open) return "enclosure is open";
  if (pin && enclosure) return "wrong PIN, enclosure opened";
  return pin ? "wrong PIN entered" : "enclosure opened";
}

/** The value, or that the probe reports an error. */
function Latest({ channel }: { channel: ChannelReading }) {
  const { error_code } = channel;
  if (error_code === undefined || error_code === null)
    return <span class="latest-value">{reading(channel)}</span>;
  return <Sign state="expired">{`Probe error ${error_code}`}</Sign>;
}

function Fact({
  name,
  children,
  under,
}: {
  name: string;
  children: ComponentChildren;
  under?: ComponentChildren;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {under && <span class="under">{under}</span>}
      </dd>
    </div>
  );
}

export function Facts({ sensor, row }: { sensor: Sensor; row: LicenseRow | null }) {
  const { time_zone } = useOrganization();
  const refused = refusedWords(sensor.refused, time_zone);
  return (
    <>
      <dl class="facts">
        <Fact name="License" under={row && nextWords(row)}>
          {row ? (
            <Sign state={endSign(row)}>{endWords(row)}</Sign>
          ) : (
            <StateSign state={sensor.state} />
          )}
        </Fact>
        <Fact name="Last seen" under={sensor.last_seen_at && time(sensor.last_seen_at, time_zone)}>
          {sensor.last_seen_at ? <Ago at={sensor.last_seen_at} /> : "never"}
        </Fact>
        <Fact name="Battery">
          {sensor.battery_ok === null ? (
            "unknown"
          ) : sensor.battery_ok ? (
            "ok"
          ) : (
            <Sign state="expired">discharged</Sign>
          )}
        </Fact>
        <Fact name="Signal">{signalWords(sensor.signal)}</Fact>
        {sensor.clock_wrong && (
          <Fact
            name="Clock"
            under={`Measurements have been refused since ${time(sensor.clock_wrong.since, time_zone)}.`}
          >
            <Sign state="expired">{offsetWords(sensor.clock_wrong.offset_seconds)}</Sign>
          </Fact>
        )}
        {sensor.tamper && (
          <Fact name="Tampering" under={time(sensor.tamper.at, time_zone)}>
            <Sign state={sensor.tamper.enclosure_open ? "expired" : "soon"}>
              {tamperWords(sensor.tamper)}
            </Sign>
          </Fact>
        )}
        {refused && (
          <Fact name="Not saved" under={reasonTitles(sensor.refused)}>
            <span class="wrong">{refused}</span>
          </Fact>
        )}
      </dl>
      {sensor.channels.length > 0 && (
        <dl class="latest" aria-label="Latest values">
          {sensor.channels.map((channel) => (
            <Fact
              key={channel.channel}
              name={channelType(channel.type)}
              under={channel.at && <Ago at={channel.at} />}
            >
              <span aria-live="polite">
                <Latest channel={channel} />
              </span>
            </Fact>
          ))}
        </dl>
      )}
    </>
  );
}
