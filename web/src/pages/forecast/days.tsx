// The dated plan: which sensors are renewed on a day and from which key, and which stop.
import { useState } from "preact/hooks";
import type { PlannedDay } from "../../api";
import { CopyKey } from "../../components/copy";
import { Sign } from "../../components/state_sign";
import { count, date, lastDay, number } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { Link } from "../../router";

const DAYS_AT_ONCE = 50,
  SENSORS_AT_ONCE = 5;

export function Days({ days }: { days: PlannedDay[] }) {
  const [shown, setShown] = useState(DAYS_AT_ONCE);
  return (
    <section class="section" aria-labelledby="days-title">
      <h2 id="days-title">Day by day</h2>
      <table class="table cards days" role="table">
        <caption class="visually-hidden">What happens on each day</caption>
        <thead role="rowgroup">
          <tr role="row">
            {["Day", "Renewed from the pool", "Stops"].map((words) => (
              <th key={words} role="columnheader" scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {days.slice(0, shown).map((day) => (
            <Day key={day.date} day={day} />
          ))}
        </tbody>
      </table>
      {days.length > shown && (
        <div class="more">
          <button type="button" class="secondary" onClick={() => setShown(shown + DAYS_AT_ONCE)}>
            Show more
          </button>
        </div>
      )}
    </section>
  );
}

function Day({ day }: { day: PlannedDay }) {
  const { time_zone } = useOrganization();
  const [all, setAll] = useState(false);
  const most = all ? Infinity : SENSORS_AT_ONCE;
  const rest = Math.max(0, day.renewals.length - most) + Math.max(0, day.stops.length - most);
  const unnamed = day.renewal_count - day.renewals.length + (day.stop_count - day.stops.length);
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor nowrap">
        {date(day.date)}
      </th>
      <td role="cell" data-label="Renewed">
        {day.renewal_count === 0 ? (
          <span class="faint">none</span>
        ) : (
          <ul class="planned">
            {day.renewals.slice(0, most).map(({ serial, name, key, expires_at }) => (
              <li key={serial}>
                <SensorLink serial={serial} name={name} />
                <span class="faint"> until {lastDay(expires_at, time_zone)}</span>
                <CopyKey value={key} assigned={null} quantity={null} />
              </li>
            ))}
          </ul>
        )}
      </td>
      <td role="cell" data-label="Stops">
        {day.stop_count === 0 ? (
          <span class="faint">none</span>
        ) : (
          <ul class="planned">
            {day.stops.slice(0, most).map(({ serial, name }) => (
              <li key={serial}>
                <Sign state="expired">
                  <SensorLink serial={serial} name={name} />
                </Sign>
              </li>
            ))}
          </ul>
        )}
        {rest > 0 && (
          <button type="button" class="link" onClick={() => setAll(true)}>
            Show {count(rest, "sensor", "sensors")} more
            <span class="visually-hidden"> of {date(day.date)}</span>
          </button>
        )}
        {rest === 0 && unnamed > 0 && <p class="faint">and {number(unnamed)} more</p>}
      </td>
    </tr>
  );
}

function SensorLink({ serial, name }: { serial: string; name: string | null }) {
  const { id } = useOrganization();
  return <Link href={`/o/${id}/licenses?sensor=${serial}`}>{name || serial}</Link>;
}
