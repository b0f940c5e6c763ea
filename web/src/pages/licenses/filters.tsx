// Search, filters and, where there are no column headers, the order. All of it stands in the address.
import { useEffect, useState } from "preact/hooks";
import type { Counts } from "../../api";
import { Icon } from "../../components/icon";
import { number } from "../../format";
import { Link, setQuery } from "../../router";

interface Props {
  state: string;
  q: string;
  sort: string;
  counts: Counts;
}

export const ORDERS = [
  { sort: "expires_at", words: "Expires at" },
  { sort: "activated_at", words: "Activation date" },
  { sort: "name", words: "Name" },
  { sort: "serial", words: "Serial" },
];

function Search({ q }: { q: string }) {
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => setQuery({ q: typed.trim() }), 250);
    return () => clearTimeout(timer);
  }, [typed, q]);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        setQuery({ q: typed.trim() });
      }}
    >
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search serial or name"
        placeholder="Search serial or name"
        data-key="/"
        value={typed}
        maxLength={200}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </form>
  );
}

export function Filters({ state, q, sort, counts }: Props) {
  const tabs = [
    { state: "", words: "All", size: counts.active + counts.expired + counts.unlicensed },
    { state: "expiring", words: "Ends soon", size: counts.expiring },
    { state: "expired", words: "Expired", size: counts.expired },
    { state: "unlicensed", words: "Never licensed", size: counts.unlicensed },
  ];
  const address = (wanted: string) => {
    const query = new URLSearchParams(location.search);
    if (wanted) query.set("state", wanted);
    else query.delete("state");
    return `${location.pathname}${query.size ? `?${query}` : ""}`;
  };
  return (
    <div class="filters">
      <Search q={q} />
      <nav class="tabs" aria-label="Filter">
        {tabs.map((tab) => (
          <Link
            key={tab.state}
            href={address(tab.state)}
            aria-current={tab.state === state ? "page" : undefined}
          >
            {tab.words} <span class="tab-count">{number(tab.size)}</span>
          </Link>
        ))}
      </nav>
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
    </div>
  );
}
