// The licenses to buy, with dates.
import type { Forecast } from "../../api";
import { CopyButton } from "../../components/copy";
import { date, licensesOf } from "../../format";

const lineOf = ({ quantity, term, by }: Forecast["to_buy"][number]) =>
  `${licensesOf(quantity, term)} by ${date(by)}`;

export function Purchases({ plan, months }: { plan: Forecast; months: number }) {
  return (
    <section class="section" aria-labelledby="buy-title">
      <h2 id="buy-title">To buy</h2>
      {plan.to_buy.length === 0 ? (
        <p class="faint">Nothing: the pool covers every renewal of the next {months} months.</p>
      ) : (
        <>
          <ul class="purchases">
            {plan.to_buy.map((purchase) => (
              <li key={`${purchase.by} ${purchase.term}`}>{lineOf(purchase)}</li>
            ))}
          </ul>
          <div>
            <CopyButton text={plan.to_buy.map(lineOf).join("\n")} label="Copy the list" />
          </div>
        </>
      )}
    </section>
  );
}
