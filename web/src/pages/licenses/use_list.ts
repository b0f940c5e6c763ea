// The rows shown: the requested pages. After a change all of them are read again; the rows keep their places until
// the list is loaded again.
import { useEffect, useRef, useState } from "preact/hooks";
import type { LicenseManagerPage, LicenseRow } from "../../api";
import { getLicenseManager } from "../../api";
import type { LicenseQuery } from "../../api";
import { useChanges } from "../../changes";
import type { More } from "../../components/load_more";
import { useMore } from "../../components/load_more";
import { useLive } from "../../live";
import type { Resource } from "../../use_resource";
import { useResource } from "../../use_resource";
import type { Asked } from "./list_query";
import { queryOf } from "./list_query";
import { readRow } from "./read_row";

export interface Rows {
  list: Resource<LicenseManagerPage>;
  more: More<LicenseRow>;
  rows: LicenseRow[];
  key: string;
  reload: () => void;
}

const READ_AT_ONCE = 1000,
  MOVED_AT_MOST = 20;

/** The first rows of a list, at least `many` if there are so many. */
async function readRows(organization: string, query: LicenseQuery, many: number) {
  const rows: LicenseRow[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(READ_AT_ONCE, Math.max(1, many - rows.length));
    const page: LicenseManagerPage = await getLicenseManager(organization, {
      ...query,
      limit,
      cursor,
    });
    rows.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && rows.length < many);
  return rows;
}

export function useList(organization: string, wanted: Asked): Rows {
  const query = queryOf(wanted);
  const key = JSON.stringify(query);
  const list = useResource(
    key,
    (signal) => getLicenseManager(organization, query, signal),
    organization,
  );
  const more = useMore(key, list, (cursor, limit) =>
    getLicenseManager(organization, { ...query, cursor, limit }),
  );
  // By serial; null: a sensor that is gone.
  const [fresh, setFresh] = useState<Map<string, LicenseRow | null>>(new Map());
  const turn = useRef(0); // of the newest change: an older answer is dropped
  useEffect(() => {
    turn.current++;
    setFresh(new Map());
  }, [key, organization, more.answers]);
  useLive(list.refresh);

  const reload = () => {
    turn.current++;
    setFresh(new Map());
    list.reload();
  };
  // First the changed row. Then the others: they share its pool and its key.
  const refresh = async (serial: string) => {
    const mine = ++turn.current;
    const { row, page } = await readRow(organization, serial);
    if (row) setFresh((before) => new Map(before).set(serial, row));
    const { licenses_left, counts } = page;
    list.change((before) => ({ ...before, licenses_left, counts }));
    const read = await readRows(organization, query, more.items.length);
    const found = new Map<string, LicenseRow | null>(read.map((one) => [one.serial, one]));
    const moved = more.items.filter((one) => !found.has(one.serial) && one.serial !== serial);
    if (turn.current !== mine) return;
    if (moved.length > MOVED_AT_MOST) return reload();
    for (const one of moved) found.set(one.serial, (await readRow(organization, one.serial)).row);
    found.set(serial, row);
    if (turn.current === mine) setFresh(found);
  };
  useChanges((serial) => {
    if (serial === null) reload();
    else refresh(serial).catch(reload);
  });
  const rows = more.items.flatMap((row) => {
    const one = fresh.get(row.serial);
    return one === null ? [] : [one ?? row];
  });
  return { list, more, rows, key, reload };
}
