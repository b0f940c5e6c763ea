// The License Manager: what stops when, and what to do about it.
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { Counts, LicenseManagerPage, LicenseRow, Redemption } from "../../api";
import { changeSensor, getLicenseManager } from "../../api";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { count, licensesOf, number } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { Link, usePlace } from "../../router";
import { useResource } from "../../use_resource";
import { AddSensorDialog } from "./add_sensor_dialog";
import { AssignDialog } from "./assign_dialog";
import { Filters } from "./filters";
import { LicenseTable } from "./license_table";
import { readRow } from "./read_row";
import { RedeemDialog } from "./redeem_dialog";
import { Summary } from "./summary";

type Open = { kind: "redeem" } | { kind: "add" } | { kind: "assign"; row: LicenseRow } | null;

export function LicenseManager() {
  useTitle("License Manager");
  const { id } = useOrganization();
  const { query } = usePlace();
  const state = query.get("state") ?? "",
    q = query.get("q") ?? "",
    sort = query.get("sort") ?? "expires_at";
  const key = JSON.stringify([state, q, sort]);
  const list = useResource(key, (signal) => getLicenseManager(id, { state, q, sort }, signal), id);
  const more = useMore(key, list.data, (cursor) =>
    getLicenseManager(id, { state, q, sort, cursor }),
  );
  // Rows read anew after a change stay where they are until the list is asked for again.
  const [fresh, setFresh] = useState<Map<string, LicenseRow>>(new Map());
  const [open, setOpen] = useState<Open>(null);
  useEffect(() => setFresh(new Map()), [key, id]);

  const rows = more.items.map((row) => fresh.get(row.serial) ?? row);
  const refresh = async (serial: string) => {
    const answer = await readRow(id, serial);
    if (answer.row) setFresh((before) => new Map(before).set(serial, answer.row!));
    list.change((page) => ({
      ...page,
      licenses_left: answer.page.licenses_left,
      counts: answer.page.counts,
    }));
  };
  const reload = () => {
    setFresh(new Map());
    list.reload();
  };
  const redeemed = (answer: Redemption) => {
    setOpen(null);
    announce(`${licensesOf(answer.quantity, answer.term)} added`);
    reload();
  };

  return (
    <>
      <PageHead
        title="License Manager"
        sentence="Every sensor saves measurements while a license covers it."
      >
        <button type="button" class="secondary" onClick={() => setOpen({ kind: "add" })}>
          Add sensor
        </button>
        <button type="button" data-key="a" onClick={() => setOpen({ kind: "redeem" })}>
          Add activation code
        </button>
      </PageHead>
      {list.problem && <ProblemNote problem={list.problem} retry={reload} />}
      {!list.data && !list.problem && <Skeleton rows={8} />}
      {list.data && (
        <>
          <Summary
            left={list.data.licenses_left}
            counts={list.data.counts}
            onAdd={() => setOpen({ kind: "redeem" })}
          />
          {total(list.data.counts) > 0 && (
            <Filters state={state} q={q} sort={sort} counts={list.data.counts} />
          )}
          {rows.length > 0 ? (
            <LicenseTable
              rows={rows}
              sort={sort}
              busy={list.loading}
              onAssign={(row) => setOpen({ kind: "assign", row })}
              onAutoRenewal={async (row, on) => {
                await changeSensor(id, row.serial, { auto_renewal: on });
                await refresh(row.serial);
              }}
            />
          ) : (
            <NoRows page={list.data} state={state} q={q} onAdd={() => setOpen({ kind: "add" })} />
          )}
          <MoreButton more={more} />
        </>
      )}
      {open?.kind === "redeem" && (
        <RedeemDialog
          organization={id}
          left={list.data?.licenses_left ?? null}
          onClose={() => setOpen(null)}
          onRedeemed={redeemed}
        />
      )}
      {open?.kind === "add" && (
        <AddSensorDialog
          organization={id}
          left={list.data?.licenses_left ?? null}
          onClose={() => setOpen(null)}
          onCode={() => setOpen({ kind: "redeem" })}
          onAdded={() => {
            setOpen(null);
            reload();
          }}
        />
      )}
      {open?.kind === "assign" && (
        <AssignDialog
          organization={id}
          row={open.row}
          left={list.data?.licenses_left ?? null}
          onClose={() => setOpen(null)}
          onCode={() => setOpen({ kind: "redeem" })}
          onAssigned={() => {
            const { serial } = open.row;
            setOpen(null);
            void refresh(serial).catch(reload);
          }}
        />
      )}
    </>
  );
}

const total = (counts: Counts) => counts.active + counts.expired + counts.unlicensed;

const NOTHING: Record<string, string> = {
  active: "No sensor is active",
  expiring: "No sensor ends within 30 days",
  expired: "No sensor has expired",
  unlicensed: "Every sensor has had a license",
};

function NoRows({
  page,
  state,
  q,
  onAdd,
}: {
  page: LicenseManagerPage;
  state: string;
  q: string;
  onAdd: () => void;
}) {
  const { pathname } = location;
  if (total(page.counts) === 0) {
    return (
      <Empty title="No sensors yet">
        <p>
          {page.licenses_left > 0
            ? `Each sensor takes one license from the pool, starting at once. ${count(page.licenses_left, "license is", "licenses are")} left.`
            : "Each sensor takes one license from the pool. The pool is empty: add an activation code first."}
        </p>
        {page.licenses_left > 0 && (
          <button type="button" onClick={onAdd}>
            Add sensor
          </button>
        )}
      </Empty>
    );
  }
  if (q) {
    return (
      <Empty title={`Nothing matches “${q}”`}>
        <p>
          Search looks at serials and names.{" "}
          <Link href={pathname}>Show all {number(total(page.counts))}</Link>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title={NOTHING[state] ?? "Nothing here"}>
      <p>
        <Link href={pathname}>Show all sensors</Link>
      </p>
    </Empty>
  );
}
