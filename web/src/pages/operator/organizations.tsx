// For operators: the organizations, with their counts.
import { getOrganizations } from "../../api";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { day, number } from "../../format";
import { PageHead, useTitle } from "../../layout/shell";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { HERE } from "./here";

const COLUMNS = [
  ["sensors", "Sensors"],
  ["active", "Active"],
  ["licenses_left", "Licenses left"],
] as const;

export function Organizations() {
  useTitle("Organizations");
  const list = useResource("", (signal) => getOrganizations({}, signal), "organizations");
  const more = useMore("", list, (cursor, limit) => getOrganizations({ cursor, limit }));
  useLive(list.refresh);
  return (
    <>
      <PageHead
        title="Organizations"
        sentence="All organizations with their license counts. Operators cannot see measurements."
      />
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data && more.items.length === 0 && (
        <Empty title="No organizations yet">
          <p>An organization is created when a customer redeems a code.</p>
        </Empty>
      )}
      {more.items.length > 0 && (
        <table class="table cards numbers" role="table">
          <caption class="visually-hidden">Organizations with their counts</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["Organization", ...COLUMNS.map(([, words]) => words), "Made"].map((words) => (
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
                {COLUMNS.map(([name, words]) => (
                  <td key={name} role="cell" data-label={words}>
                    {number(item[name])}
                  </td>
                ))}
                <td role="cell" data-label="Created" class="nowrap">
                  {day(item.created_at, HERE)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <MoreButton more={more} />
    </>
  );
}
