// The dated plan: which sensors are renewed on a day and from which key, and which stop.
import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PlannedDay } from "../../api";
import { CopyKey } from "../../components/copy";
import { Sign } from "../../components/state_sign";
import { count, date, lastDay, number } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { keep, kept } from "../../kept";
import { Link, usePlace } from "../../router";

const DAYS_AT_ONCE = 50,
  SENSORS_AT_ONCE = 5;

export function Days({ days }: { days: PlannedDay[] }) {
  const { step } = usePlace();
  const [shown, setShown] = useState(() => Math.max(DAYS_AT_ONCE, kept(step, "days")));
  useEffect(() => keep(step, "days", shown), [step, shown]);
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
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor nowrap">
        {date(day.date)}
      </th>
      <td role="cell" data-label="Renewed">
        <Planned items={day.renewals} total={day.renewal_count} what={`renewed on ${date(day.date)}`}>
          {({ serial, name, key, expires_at }) => (
            <li key={serial}>
              <SensorLink serial={serial} name={name} />
              <span class="faint"> until {lastDay(expires_at, time_zone)}</span>
              <CopyKey value={key} assigned={null} quantity={null} />
            </li>
          )}
        </Planned>
      </td>
      <td role="cell" data-label="Stops">
        <Planned items={day.stops} total={day.stop_count} what={`that stop on ${date(day.date)}`}>
          {({ serial, name }) => (
            <li key={serial}>
              <Sign state="expired">
                <SensorLink serial={serial} name={name} />
              </Sign>
            </li>
          )}
        </Planned>
      </td>
    </tr>
  );
}

interface PlannedList<Item> {
  items: Item[];
  /** More than `items` if the answer does not name all of them. */
  total: number;
  what: string;
  children: (item: Item) => ComponentChild;
}

/** The first few, the rest behind a button, and their number. */
function Planned<Item>({ items, total, what, children }: PlannedList<Item>) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, SENSORS_AT_ONCE);
  const rest = items.length - shown.length;
  if (total === 0) return <span class="faint">none</span>;
  return (
    <div>
      <ul class="planned">{shown.map(children)}</ul>
      {rest > 0 && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          Show {count(rest, "sensor", "sensors")} more
          <span class="visually-hidden"> {what}</span>
        </button>
      )}
      {rest === 0 && total > shown.length && (
        <p class="faint">and {number(total - shown.length)} more</p>
      )}
    </div>
  );
}

function SensorLink({ serial, name }: { serial: string; name: string | null }) {
  const { id } = useOrganization();
  return <Link href={`/o/${id}/licenses?sensor=${serial}`}>{name || serial}</Link>;
}
