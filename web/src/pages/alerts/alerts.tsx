// Alerts: open ones first, then those that are over; a row opens its measurements.
import type { Alert, List as Page } from "../../api";
import { getAlert, getAlerts } from "../../api";
import { Dialog } from "../../components/dialog";
import { MoreButton, useMore } from "../../components/load_more";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { Sign } from "../../components/state_sign";
import { time } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { Link, setQuery, usePlace } from "../../router";
import type { Resource } from "../../use_resource";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { causeWords, conditionWords, STATES, withUnit } from "../alarms/rule_words";
import { Course } from "./course";
import { Told } from "./told";

export function Alerts() {
  useTitle("Alerts");
  const { id } = useOrganization();
  const { query } = usePlace();
  const chosen = query.get("alert");
  const open = useAlerts(true);
  const over = useAlerts(false);
  const problem = open.problem ?? over.problem;
  const reload = () => {
    open.reload();
    over.reload();
  };
  useLive(open.refresh, over.refresh);
  return (
    <>
      <PageHead title="Alerts" sentence="Violations of the alarm rules, open ones first.">
        <Link class="button secondary" href={`/o/${id}/alarms`}>
          Alarm rules
        </Link>
      </PageHead>
      {problem && <ProblemNote problem={problem} retry={reload} />}
      <div class="sections">
        <List key={`open ${id}`} open list={open} />
        <List key={`over ${id}`} open={false} list={over} />
      </div>
      {chosen && <CourseDialog key={chosen} alert={chosen} />}
    </>
  );
}

function useAlerts(open: boolean) {
  const { id } = useOrganization();
  return useResource(`${id} ${open}`, (signal) => getAlerts(id, { open }, signal), id);
}

function List({ open, list }: { open: boolean; list: Resource<Page<Alert>> }) {
  const { id } = useOrganization();
  const title = open ? "Open" : "Over";
  const more = useMore(`${id} ${open}`, list, (cursor, limit) =>
    getAlerts(id, { open, cursor, limit }),
  );
  return (
    <section class="section" aria-labelledby={`alerts-${title}`}>
      <h2 id={`alerts-${title}`}>{title}</h2>
      {!list.data && !list.problem && <Skeleton rows={3} />}
      {list.data && more.items.length === 0 && (
        <p class="faint">
          {open
            ? "No open alerts. Everything is within its limits."
            : "No past alerts yet."}
        </p>
      )}
      {more.items.length > 0 && (
        <table class="table cards" role="table" aria-busy={list.loading || undefined}>
          <caption class="visually-hidden">{`Alerts: ${title}`}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["Sensor", "Rule", "Since", open ? "Now" : "Until", "Peak"].map((words) => (
                <th key={words} role="columnheader" scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {more.items.map((alert) => (
              <Row key={alert.id} alert={alert} />
            ))}
          </tbody>
        </table>
      )}
      <MoreButton more={more} />
    </section>
  );
}

function Row({ alert }: { alert: Alert }) {
  const { id, time_zone } = useOrganization();
  const name = alert.sensor_name || alert.serial;
  const cause = causeWords(alert);
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        <Link href={`/o/${id}/sensors/${alert.serial}`}>{name}</Link>
      </th>
      <td role="cell" data-label="Rule">
        <button
          type="button"
          class="link alert-course"
          aria-label={`Details of ${conditionWords(alert)}, ${name}`}
          onClick={() => setQuery({ alert: alert.id })}
        >
          {conditionWords(alert)}
        </button>
        {cause && <span class="faint rule-more">{cause}</span>}
      </td>
      <td role="cell" data-label="Since">
        {time(alert.started_at, time_zone)}
      </td>
      <td role="cell" data-label={alert.ended_at ? "Until" : "Now"}>
        {alert.ended_at ? time(alert.ended_at, time_zone) : <Now alert={alert} />}
      </td>
      <td role="cell" data-label="Peak">
        {peakWords(alert)}
      </td>
    </tr>
  );
}

function Now({ alert }: { alert: Alert }) {
  return alert.evaluated ? (
    <Sign state="soon">ongoing</Sign>
  ) : (
    <Sign state="none">not evaluated</Sign>
  );
}

function peakWords(alert: Alert) {
  if (alert.peak === null || STATES[alert.channel_type ?? ""]) return <span class="faint">–</span>;
  return withUnit(alert.peak, alert.unit);
}

function CourseDialog({ alert }: { alert: string }) {
  const { id, role } = useOrganization();
  const read = useResource(`${id} ${alert}`, (signal) => getAlert(id, alert, signal), alert);
  useLive(read.refresh);
  const close = () => setQuery({ alert: null });
  return (
    <Dialog title={read.data ? conditionWords(read.data) : "Alert"} wide onClose={close}>
      {read.problem && <ProblemNote problem={read.problem} retry={read.reload} />}
      {!read.data && !read.problem && <Skeleton rows={5} />}
      {read.data && <Course alert={read.data} />}
      {read.data && role !== "analyst" && <Told alert={alert} />}
    </Dialog>
  );
}
