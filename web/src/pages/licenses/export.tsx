// The whole list as a CSV file: every page of it, one after the other.
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { LicenseRow } from "../../api";
import { getLicenseManager } from "../../api";
import { Icon } from "../../components/icon";
import { saveCsv } from "../../csv";
import { count, number } from "../../format";
import { asProblem } from "../../use_resource";
import type { Asked } from "./list_query";
import { queryOf } from "./list_query";

const PAGE = 1000;

const HEADER = [
  "serial",
  "name",
  "state",
  "activated_at",
  "expires_at",
  "last_day",
  "days_left",
  "key",
  "auto_renewal",
  "covered_until",
  "waiting",
  "next",
  "refused",
];

function lineOf(row: LicenseRow): (string | number)[] {
  return [
    row.serial,
    row.name,
    row.state,
    row.activated_at,
    row.expires_at,
    row.last_day,
    row.days_left,
    row.key,
    row.auto_renewal,
    row.covered_until,
    row.queue.length,
    row.next,
    row.refused.count,
  ].map((value) => (typeof value === "number" ? value : value === null ? "" : String(value)));
}

/**
 * Sorted as on the page: rows without the instant come last, ties by serial. By name the rows keep
 * the server's order, which knows accents.
 */
function inOrder(rows: LicenseRow[], sort: string): LicenseRow[] {
  if (sort === "name") return rows;
  const of = (row: LicenseRow): string =>
    (sort === "activated_at" ? row.activated_at : sort === "expires_at" ? row.expires_at : null) ??
    "\uffff";
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return rows.sort((a, b) => order(of(a), of(b)) || order(a.serial, b.serial));
}

/** Read by serial or name, because pages in these orders cost the server least. */
async function readAll(
  organization: string,
  wanted: Asked,
  signal: AbortSignal,
  onRead: (rows: number) => void,
): Promise<LicenseRow[]> {
  const rows: LicenseRow[] = [];
  for (let cursor: string | null = null; ;) {
    const page: { items: LicenseRow[]; next: string | null } = await getLicenseManager(
      organization,
      {
        ...queryOf(wanted),
        sort: wanted.sort === "name" ? "name" : "serial",
        limit: PAGE,
        cursor,
      },
      signal,
    );
    rows.push(...page.items);
    onRead(rows.length);
    if (page.next === null) return rows;
    cursor = page.next;
  }
}

export function ExportButton({ organization, wanted }: { organization: string; wanted: Asked }) {
  const [read, setRead] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const run = async () => {
    const mine = (abort.current = new AbortController());
    setRead(0);
    try {
      const read = await readAll(organization, wanted, mine.signal, setRead);
      const rows = inOrder(read, wanted.sort);
      const today = new Date().toISOString().slice(0, 10);
      saveCsv(`licenses-${today}.csv`, [HEADER, ...rows.map(lineOf)]);
      announce(`${count(rows.length, "sensor", "sensors")} exported`);
    } catch (error) {
      if (!mine.signal.aborted) announce(`Not exported: ${asProblem(error).detail}`);
    } finally {
      setRead(null);
    }
  };
  if (read === null)
    return (
      <button type="button" class="quiet export" onClick={() => void run()}>
        <Icon name="lower" />
        Export CSV
      </button>
    );
  return (
    <p class="export exporting" role="status">
      <span>{number(read)} read</span>
      <button type="button" class="link" onClick={() => abort.current?.abort()}>
        Stop
      </button>
    </p>
  );
}
