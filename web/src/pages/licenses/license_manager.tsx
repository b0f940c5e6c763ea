// The License Manager: the sensors with their licenses, and the actions.
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { LicenseRow } from "../../api";
import { changed } from "../../changes";
import { MoreButton } from "../../components/load_more";
import { NoSuchFilter, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { useMedia } from "../../components/use_media";
import { licensesOf } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { Link, setQuery, usePlace } from "../../router";
import { NoRecipientsNote } from "../notifications/no_recipients";
import { FORECAST_MONTHS, usePlan } from "../sensor/use_held";
import { AddSensorDialog } from "./add_sensor_dialog";
import { AssignDialog } from "./assign_dialog";
import { BulkBar } from "./bulk_bar";
import { BulkDialog } from "./bulk_dialog";
import { ExportButton } from "./export";
import { Filters } from "./filters";
import { ForecastCell } from "./forecast_cell";
import { LicenseTable } from "./license_table";
import { asked, everythingWords, filterOf } from "./list_query";
import { NoRows, total } from "./no_rows";
import { Panel } from "./panel";
import { RedeemDialog } from "./redeem_dialog";
import { useSelection } from "./selection";
import { Summary } from "./summary";
import { useList } from "./use_list";

type Open =
  | { kind: "add" }
  | { kind: "bulk" }
  | { kind: "assign"; row: LicenseRow }
  | null;

export function LicenseManager() {
  useTitle("License Manager");
  const { id, time_zone } = useOrganization();
  const { query } = usePlace();
  const wanted = asked(query, time_zone);
  const { list, more, rows, key, reload } = useList(id, wanted);
  const selection = useSelection(key);
  const plan = usePlan(id, true);
  const [open, setOpen] = useState<Open>(null);
  const [redeeming, setRedeeming] = useState(false); // over the open dialog, which keeps what was typed
  const shown = usePanel(query.get("sensor"));
  // When the panel covers the page, the page below cannot be reached.
  const covered = useMedia("(max-width: 59.9375em)") && shown !== null;

  const left = list.data?.licenses_left ?? null;
  const close = () => setOpen(null);
  const addCode = () => setRedeeming(true);
  const everything =
    wanted.key || more.next === null || !list.data
      ? null
      : everythingWords(wanted, list.data.counts);
  return (
    <div class={shown ? "with-panel" : undefined}>
      <div class="page-under" inert={covered}>
        <PageHead
          title="License Manager"
          sentence="Every sensor saves measurements while a license covers it."
        >
          <Link class="action" href={`/o/${id}/import`}>
            Import sensors
          </Link>
          <button type="button" class="secondary" onClick={() => setOpen({ kind: "add" })}>
            Add sensor
          </button>
          <button type="button" data-key="a" onClick={addCode}>
            Add activation code
          </button>
        </PageHead>
        <NoRecipientsNote key={id} />
        {list.problem && <ProblemNote problem={list.problem} retry={reload} />}
        {!list.data && !list.problem && <Skeleton rows={8} />}
        {list.data && (
          <>
            <Summary left={list.data.licenses_left} counts={list.data.counts} onAdd={addCode}>
              <ForecastCell organization={id} plan={plan} months={FORECAST_MONTHS} />
            </Summary>
            {total(list.data.counts) > 0 && (
              <Filters wanted={wanted} counts={list.data.counts}>
                <ExportButton organization={id} wanted={wanted} />
              </Filters>
            )}
            {wanted.strange ? (
              <NoSuchFilter value={wanted.strange}>Show all sensors</NoSuchFilter>
            ) : rows.length > 0 ? (
              <LicenseTable
                rows={rows}
                sort={wanted.sort}
                busy={list.loading}
                selection={selection}
                open={shown}
                onAssign={(row) => setOpen({ kind: "assign", row })}
              />
            ) : (
              <NoRows page={list.data} wanted={wanted} onAdd={() => setOpen({ kind: "add" })} />
            )}
            {!wanted.strange && <MoreButton more={more} />}
            <BulkBar
              selection={selection}
              everything={everything}
              onAssign={() => setOpen({ kind: "bulk" })}
            />
          </>
        )}
      </div>
      {shown && (
        <Panel serial={shown} plan={plan.data} onClose={() => setQuery({ sensor: null })} />
      )}
      {open?.kind === "add" && (
        <AddSensorDialog
          organization={id}
          left={left}
          onClose={close}
          onCode={addCode}
          onAdded={() => {
            setOpen(null);
            changed();
          }}
        />
      )}
      {open?.kind === "assign" && (
        <AssignDialog
          organization={id}
          row={open.row}
          left={left}
          onClose={close}
          onCode={addCode}
        />
      )}
      {open?.kind === "bulk" && (
        <BulkDialog
          organization={id}
          serials={selection.everything ? null : [...selection.serials]}
          filter={filterOf(wanted)}
          left={left}
          names={new Map(rows.map(({ serial, name }) => [serial, name || serial]))}
          onClose={close}
          onCode={addCode}
          onDone={() => {
            setOpen(null);
            selection.clear();
          }}
        />
      )}
      {redeeming && (
        <RedeemDialog
          organization={id}
          left={left}
          onClose={() => setRedeeming(false)}
          onRedeemed={({ quantity, term }) => {
            setRedeeming(false);
            announce(`${licensesOf(quantity, term)} added`);
            changed();
          }}
        />
      )}
    </div>
  );
}

/** The serial whose panel is open; when it closes, the focus returns to its row. */
function usePanel(serial: string | null): string | null {
  const before = useRef(serial);
  useEffect(() => {
    const last = before.current;
    before.current = serial;
    if (last && !serial)
      document.querySelector<HTMLElement>(`[data-serial="${CSS.escape(last)}"]`)?.focus();
  }, [serial]);
  return serial;
}
