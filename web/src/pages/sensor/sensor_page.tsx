// One sensor: how it is, what it measured, which licenses it has had and will have.
import { useState } from "preact/hooks";
import type { License, LicenseRow } from "../../api";
import { changeSensor, getLicenses, getSensor } from "../../api";
import { ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { Switch } from "../../components/switch";
import { useOrganization } from "../../layout/organization_page";
import { useTitle } from "../../layout/shell";
import { Link } from "../../router";
import { useEvery, useResource } from "../../use_resource";
import { AssignDialog } from "../licenses/assign_dialog";
import { readRow } from "../licenses/read_row";
import { RedeemDialog } from "../licenses/redeem_dialog";
import { NotFound } from "../not_found";
import { Facts } from "./facts";
import { History } from "./history";
import { Measurements } from "./measurements";
import { Rename } from "./rename";

interface Held {
  row: LicenseRow | null;
  left: number;
  licenses: License[];
}

async function readLicenses(
  organization: string,
  serial: string,
  signal: AbortSignal,
): Promise<Held> {
  const { row, page } = await readRow(organization, serial, signal);
  const licenses: License[] = [];
  for (let cursor: string | null = null, turn = 0; turn < 20; turn++) {
    const list: { items: License[]; next: string | null } = await getLicenses(
      organization,
      serial,
      cursor,
      signal,
    );
    licenses.push(...list.items);
    if ((cursor = list.next) === null) break;
  }
  return { row, left: page.licenses_left, licenses };
}

export function SensorPage({ serial }: { serial: string }) {
  const { id, role } = useOrganization();
  const manages = role !== "analyst";
  const subject = `${id} ${serial}`;
  const sensor = useResource("", (signal) => getSensor(id, serial, signal), subject);
  const held = useResource(
    `${manages}`,
    (signal) => (manages ? readLicenses(id, serial, signal) : Promise.resolve(null)),
    subject,
  );
  const [open, setOpen] = useState<"assign" | "redeem" | null>(null);
  useTitle(sensor.data?.name || serial);
  useEvery(30, () => {
    sensor.reload();
    if (manages) held.reload();
  });

  if (sensor.problem?.status === 404) return <NotFound what="sensor" />;
  if (!sensor.data)
    return sensor.problem ? (
      <ProblemNote problem={sensor.problem} retry={sensor.reload} />
    ) : (
      <Skeleton rows={8} />
    );
  const { data } = sensor;
  const row = held.data?.row ?? null;
  const called = data.name || data.serial;
  const close = () => setOpen(null);
  const licensesChanged = () => {
    close();
    held.reload();
    sensor.reload();
  };
  return (
    <>
      <nav class="crumbs" aria-label="Path">
        <Link href={manages ? `/o/${id}/licenses` : `/o/${id}/sensors`}>
          {manages ? "License Manager" : "Sensors"}
        </Link>
      </nav>
      <header class="page-head">
        <Rename
          organization={id}
          sensor={data}
          editable={manages}
          onRenamed={(name) => sensor.change((before) => ({ ...before, name }))}
        />
        {row && (
          <div class="page-actions">
            <Switch
              label={`Auto renewal of ${called}`}
              shown="Auto renewal"
              on={row.auto_renewal}
              onChange={async (on) => {
                await changeSensor(id, serial, { auto_renewal: on });
                held.change((before) =>
                  before?.row ? { ...before, row: { ...before.row, auto_renewal: on } } : before,
                );
                held.reload();
              }}
            />
            <button type="button" onClick={() => setOpen("assign")}>
              Assign a license
            </button>
          </div>
        )}
      </header>
      {sensor.problem && <ProblemNote problem={sensor.problem} retry={sensor.reload} />}
      <Facts sensor={data} row={row} />
      <Measurements key={subject} sensor={data} licenses={held.data?.licenses ?? null} />
      {manages && (
        <section class="section" aria-labelledby="licenses-title">
          <h2 id="licenses-title">Licenses</h2>
          {held.problem && <ProblemNote problem={held.problem} retry={held.reload} />}
          {!held.data && !held.problem && <Skeleton rows={2} />}
          {held.data && <History licenses={held.data.licenses} row={row} />}
        </section>
      )}
      {open === "assign" && row && (
        <AssignDialog
          organization={id}
          row={row}
          left={held.data?.left ?? null}
          onClose={close}
          onCode={() => setOpen("redeem")}
          onAssigned={licensesChanged}
        />
      )}
      {open === "redeem" && (
        <RedeemDialog
          organization={id}
          left={held.data?.left ?? null}
          onClose={close}
          onRedeemed={() => {
            setOpen("assign");
            held.reload();
            sensor.reload();
          }}
        />
      )}
    </>
  );
}
