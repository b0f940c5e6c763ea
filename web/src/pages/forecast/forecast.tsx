// The forecast: how long the pool lasts, what to buy by when, and what happens on each day until then.
import type { Forecast as Plan } from "../../api";
import { getForecast } from "../../api";
import { useChanges } from "../../changes";
import { Choice } from "../../components/choice";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { count, date, number } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { Link, setQuery, usePlace } from "../../router";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { Days } from "./days";
import { PoolPlot } from "./pool_plot";
import { Purchases } from "./purchases";

const SPANS = [12, 24, 60];
const USUAL = 24;

/** An unknown period is the usual one. */
export function monthsOf(query: URLSearchParams): number {
  const given = Number(query.get("months"));
  return SPANS.includes(given) ? given : USUAL;
}

export function Forecast() {
  useTitle("Forecast");
  const { id } = useOrganization();
  const { query } = usePlace();
  const months = monthsOf(query);
  const plan = useResource(`${months}`, (signal) => getForecast(id, months, signal), id);
  useChanges(plan.reload);
  useLive(plan.refresh);
  return (
    <>
      <nav class="crumbs" aria-label="Path">
        <Link href={`/o/${id}/licenses`}>License Manager</Link>
      </nav>
      <PageHead
        title="Forecast"
        sentence="How the pool develops if you buy nothing and change nothing."
      >
        <Choice
          label="Period"
          value={String(months)}
          onChoose={(chosen) => setQuery({ months: chosen === String(USUAL) ? null : chosen })}
          options={SPANS.map((span) => ({ value: String(span), words: spanWords(span) }))}
        />
      </PageHead>
      {plan.problem && <ProblemNote problem={plan.problem} retry={plan.reload} />}
      {!plan.data && !plan.problem && <Skeleton rows={6} />}
      {plan.data && <Shown plan={plan.data} months={months} busy={plan.loading} />}
    </>
  );
}

const spanWords = (months: number) =>
  months % 12 === 0 ? count(months / 12, "year", "years") : count(months, "month", "months");

/** The plot in words, for people who cannot see it or are in a hurry. */
function summaryOf(plan: Plan, months: number): string {
  const now = plan.series[0]?.licenses_left ?? 0;
  const last = plan.series[plan.series.length - 1]?.licenses_left ?? now;
  const renewals = plan.days.reduce((sum, day) => sum + day.renewal_count, 0);
  const head = `${count(now, "license is", "licenses are")} left now.`;
  if (plan.runs_dry_on)
    return `${head} The pool lasts until ${date(plan.runs_dry_on)}; ${count(renewals, "renewal comes", "renewals come")} from it within ${spanWords(months)}.`;
  if (renewals === 0) return `${head} No sensor renews from the pool within ${spanWords(months)}.`;
  return `${head} Within ${spanWords(months)} ${count(renewals, "renewal takes", "renewals take")} licenses from the pool; ${number(last)} will be left.`;
}

function Shown({ plan, months, busy }: { plan: Plan; months: number; busy: boolean }) {
  const { id } = useOrganization();
  const words = summaryOf(plan, months);
  const { first_short: short } = plan;
  const named = plan.days
    .flatMap(({ stops }) => stops)
    .find(({ serial }) => serial === short?.serial);
  return (
    <div class="forecast" aria-busy={busy || undefined}>
      <figure class="plot-figure">
        <PoolPlot plan={plan} words={words} />
        <figcaption>
          <p>{words}</p>
          {short && (
            <p>
              {named
                ? "The first sensor to stop for lack of a license is "
                : "The first sensor that is already waiting for a license is "}
              <Link href={`/o/${id}/licenses?sensor=${short.serial}`}>
                {named?.name || short.serial}
              </Link>
              {named && `, after ${date(short.date)}`}.
            </p>
          )}
        </figcaption>
        {plan.series.length > 0 && (
          <details class="behind">
            <summary>Table of values</summary>
            <Series plan={plan} />
          </details>
        )}
      </figure>
      <Purchases plan={plan} months={months} />
      {plan.days.length > 0 ? (
        <Days days={plan.days} />
      ) : (
        <Empty title="Nothing ends in this period">
          <p>Days on which a license ends appear here.</p>
        </Empty>
      )}
    </div>
  );
}

function Series({ plan }: { plan: Plan }) {
  return (
    <table class="table plain">
      <caption>Licenses left at the end of each day with a change</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">Licenses left</th>
        </tr>
      </thead>
      <tbody>
        {plan.series.map((point) => (
          <tr key={point.date}>
            <th scope="row">{date(point.date)}</th>
            <td>{number(point.licenses_left)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
