// Search, filters and, without column headers, the order. The address holds all of them.
import type { ComponentChildren } from "preact";
import type { Counts } from "../../api";
import { shortenKey } from "../../code";
import { Icon } from "../../components/icon";
import { Search } from "../../components/search";
import { number } from "../../format";
import { Link, setQuery } from "../../router";
import type { Asked } from "./list_query";
import { WITHIN } from "./list_query";

interface Props {
  wanted: Asked;
  counts: Counts;
  /** More content at the end of the line. */
  children?: ComponentChildren;
}

export const ORDERS = [
  { sort: "expires_at", words: "Expires at" },
  { sort: "activated_at", words: "Activation date" },
  { sort: "name", words: "Name" },
  { sort: "serial", words: "Serial" },
];

interface Tab {
  state: string;
  within: number | null;
  words: string;
  size: number | null;
}

function tabsOf(counts: Counts, wanted: string): Tab[] {
  const { active, expiring, expired, unlicensed, stopping, not_saving } = counts;
  const tab = (state: string, words: string, size: number) => ({
    state,
    words,
    size,
    within: null,
  });
  return [
    tab("", "All", active + expired + unlicensed),
    tab("expiring", "Ends in 30 days", expiring),
    ...WITHIN.map((days) => ({ state: "", within: days, words: `${days} days`, size: null })),
    tab("expired", "Expired", expired),
    tab("unlicensed", "Never licensed", unlicensed),
    // Sensors that need attention.
    ...(stopping > 0 || wanted === "stopping" ? [tab("stopping", "Stopping", stopping)] : []),
    ...(not_saving > 0 || wanted === "not_saving"
      ? [tab("not_saving", "Not saving", not_saving)]
      : []),
  ];
}

/** The same list with another filter. */
function address({ state, within }: Tab): string {
  const query = new URLSearchParams(location.search);
  for (const name of ["state", "within", "sensor"]) query.delete(name);
  if (state) query.set("state", state);
  if (within) query.set("within", String(within));
  return `${location.pathname}${query.size ? `?${query}` : ""}`;
}

export function Filters({ wanted, counts, children }: Props) {
  const { state, within, q, key, sort, strange } = wanted;
  return (
    <div class="filters">
      <Search name="q" value={q} label="Search serial or name" />
      <nav class="tabs" aria-label="Filter">
        {tabsOf(counts, state).map((tab) => (
          <Link
            key={tab.words}
            href={address(tab)}
            aria-label={tab.within ? `Ends within ${tab.words}` : undefined}
            aria-current={
              !strange && tab.state === state && tab.within === within ? "page" : undefined
            }
          >
            {tab.words}
            {tab.size !== null && <span class="tab-count"> {number(tab.size)}</span>}
          </Link>
        ))}
      </nav>
      {key && (
        <button type="button" class="secondary chip" onClick={() => setQuery({ key: null })}>
          Key {shortenKey(key)}
          <Icon name="close" />
          <span class="visually-hidden">: show all keys</span>
        </button>
      )}
      <label class="order only-narrow">
        <span>Order</span>
        <select value={sort} onChange={(event) => setQuery({ sort: event.currentTarget.value })}>
          {ORDERS.map((order) => (
            <option key={order.sort} value={order.sort}>
              {order.words}
            </option>
          ))}
        </select>
      </label>
      {children}
    </div>
  );
}
