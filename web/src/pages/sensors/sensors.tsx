// All sensors with their latest values: for everybody, and the start page of analysts.
import type { Sensor } from "../../api";
import { getSensors } from "../../api";
import { Ago } from "../../components/ago";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { StateSign } from "../../components/state_sign";
import { channelType, reading, time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { useLive } from "../../live";
import { Link } from "../../router";
import { useResource } from "../../use_resource";

export function Sensors() {
  useTitle("Sensors");
  const organization = useOrganization();
  const { id } = organization;
  const list = useResource("", (signal) => getSensors(id, {}, signal), id);
  const more = useMore("", list, (cursor, limit) => getSensors(id, { cursor, limit }));
  useLive(list.refresh);
  return (
    <>
      <PageHead title="Sensors" sentence="The latest values of each sensor." />
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton rows={8} />}
      {list.data && more.items.length === 0 && (
        <Empty title="No sensors yet">
          <p>
            {organization.role === "analyst" ? (
              "A manager or an administrator adds them."
            ) : (
              <Link href={`/o/${id}/licenses`}>Add the first one in the License Manager</Link>
            )}
          </p>
        </Empty>
      )}
      {more.items.length > 0 && <SensorTable sensors={more.items} />}
      <MoreButton more={more} />
    </>
  );
}

function SensorTable({ sensors }: { sensors: Sensor[] }) {
  return (
    <table class="table cards sensor-list" role="table">
      <caption class="visually-hidden">Sensors with their latest values</caption>
      <thead role="rowgroup">
        <tr role="row">
          {["Sensor", "Latest values", "Last seen", "License"].map((words) => (
            <th key={words} role="columnheader" scope="col">
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {sensors.map((sensor) => (
          <SensorRow key={sensor.serial} sensor={sensor} />
        ))}
      </tbody>
    </table>
  );
}

function SensorRow({ sensor }: { sensor: Sensor }) {
  const { id, time_zone } = useOrganization();
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        <Link href={`/o/${id}/sensors/${sensor.serial}`}>{sensor.name || sensor.serial}</Link>
        {sensor.name && <span class="under serial">{sensor.serial}</span>}
      </th>
      <td role="cell" data-label="Latest values">
        {sensor.channels.length === 0 ? (
          <span class="faint">none yet</span>
        ) : (
          <ul class="values">
            {sensor.channels.map((channel) => (
              <li key={channel.channel}>
                <span class="faint">{channelType(channel.type)}</span> {reading(channel)}
              </li>
            ))}
          </ul>
        )}
      </td>
      <td role="cell" data-label="Last seen" class="nowrap">
        {sensor.last_seen_at ? (
          <span title={time(sensor.last_seen_at, time_zone)}>
            <Ago at={sensor.last_seen_at} />
          </span>
        ) : (
          <span class="faint">never</span>
        )}
      </td>
      <td role="cell" data-label="License" class="nowrap">
        <StateSign state={sensor.state} />
      </td>
    </tr>
  );
}
