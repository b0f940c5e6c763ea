// For operators: the organizations, with their counts.
import type { OrganizationCounts } from "../../api";
import { getOrganizations } from "../../api";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { number } from "../../format";
import { PageHead, useTitle } from "../../layout/shell";
import { useResource } from "../../use_resource";

const COLUMNS: [count: string, words: string][] = [
  ["members", "Members"],
  ["sensors", "Sensors"],
  ["active", "Active"],
  ["expiring", "Ends soon"],
  ["expired", "Expired"],
  ["unlicensed", "Never licensed"],
  ["licenses_left", "Licenses left"],
];

const countOf = (item: OrganizationCounts, name: string): number | null => {
  const value = item[name] ?? (item.counts as Record<string, unknown> | undefined)?.[name];
  return typeof value === "number" ? value : null;
};

export function Organizations() {
  useTitle("Organizations");
  const list = useResource("", (signal) => getOrganizations(null, signal), "organizations");
  const more = useMore("", list.data, getOrganizations);
  const columns = COLUMNS.filter(([name]) =>
    more.items.some((item) => countOf(item, name) !== null),
  );
  return (
    <>
      <PageHead
        title="Organizations"
        sentence="Who works with licenses here, and how many. Their measurements are theirs."
      />
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data && more.items.length === 0 && (
        <Empty title="No organizations yet">
          <p>Whoever redeems a code makes one.</p>
        </Empty>
      )}
      {more.items.length > 0 && (
        <table class="table cards numbers" role="table">
          <caption class="visually-hidden">Organizations with their counts</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["Organization", ...columns.map(([, words]) => words)].map((words) => (
                <th key={words} role="columnheader" scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {more.items.map((item) => (
              <tr role="row" key={item.id}>
                <th role="rowheader" scope="row" class="cell-sensor">
                  {item.name}
                </th>
                {columns.map(([name, words]) => (
                  <td key={name} role="cell" data-label={words}>
                    {number(countOf(item, name) ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreButton more={more} />
    </>
  );
}
