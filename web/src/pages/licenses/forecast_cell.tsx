// The end of the pool in two lines that link to the forecast.
import type { Forecast } from "../../api";
import { Icon } from "../../components/icon";
import { count, date, number } from "../../format";
import { Link } from "../../router";
import type { Resource } from "../../use_resource";

function lastsWords(plan: Forecast, months: number): [string, string] {
  const needed = plan.to_buy[0]?.quantity;
  if (plan.runs_dry_on) {
    const then = needed
      ? `then ${number(needed)} more ${needed === 1 ? "is" : "are"} needed`
      : "then the pool is empty";
    return [`Lasts until ${date(plan.runs_dry_on)}`, then];
  }
  const renewals = plan.days.reduce((sum, { renewal_count }) => sum + renewal_count, 0);
  return renewals > 0
    ? [`Lasts for ${number(months)} months`, `${count(renewals, "renewal", "renewals")} in that time`]
    : ["No renewals from the pool", `within ${number(months)} months`];
}

interface Props {
  organization: string;
  plan: Resource<Forecast | null>;
  months: number;
}

export function ForecastCell({ organization, plan, months }: Props) {
  if (!plan.data && plan.problem)
    return (
      <div class="summary-forecast" role="status">
        <span>The forecast could not be loaded.</span>
        <button type="button" class="link" onClick={plan.reload}>
          Try again<span class="visually-hidden"> to load the forecast</span>
        </button>
      </div>
    );
  if (!plan.data) return <div class="summary-forecast" aria-hidden="true" />;
  const [lasts, then] = lastsWords(plan.data, months);
  return (
    <Link class="summary-forecast" href={`/o/${organization}/forecast`}>
      <span class={plan.data.runs_dry_on ? "lasts lasts-short" : "lasts"}>{lasts}</span>
      <span class="onward">
        {then}
        <Icon name="onward" />
      </span>
    </Link>
  );
}
