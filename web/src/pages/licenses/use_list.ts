// The rows shown: the requested pages; a row that changed keeps its place until the list is loaded again.
import { useEffect, useState } from "preact/hooks";
import type { LicenseManagerPage, LicenseRow } from "../../api";
import { getLicenseManager } from "../../api";
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
  const [fresh, setFresh] = useState<Map<string, LicenseRow>>(new Map());
  useEffect(() => setFresh(new Map()), [key, organization, more.answers]);
  useLive(list.refresh);

  const reload = () => {
    setFresh(new Map());
    list.reload();
  };
  const refresh = async (serial: string) => {
    const { row, page } = await readRow(organization, serial);
    if (row) setFresh((before) => new Map(before).set(serial, row));
    const { licenses_left, counts } = page;
    list.change((before) => ({ ...before, licenses_left, counts }));
  };
  useChanges((serial) => {
    if (serial === null) reload();
    else refresh(serial).catch(reload);
  });
  return { list, more, rows: more.items.map((row) => fresh.get(row.serial) ?? row), key, reload };
}
