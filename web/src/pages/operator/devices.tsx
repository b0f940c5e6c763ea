// For operators: the device list, and the release of serials.
import { useState } from "preact/hooks";
import type { Claim, Device } from "../../api";
import { getDevices } from "../../api";
import { useClaim } from "../../claim";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Search } from "../../components/search";
import { Skeleton } from "../../components/skeleton";
import { day } from "../../format";
import { PageHead, useTitle } from "../../layout/shell";
import { useLive } from "../../live";
import { Link, usePlace } from "../../router";
import { useResource } from "../../use_resource";
import { DeviceImportDialog } from "./device_import_dialog";
import { DeviceRemoveDialog } from "./device_remove_dialog";
import { HERE } from "./here";
import { ReleaseDialog } from "./release_dialog";

const POLICIES: Record<Claim, string> = {
  open: "Anyone can add a free serial. A listed serial with an organization is only for that one.",
  listed: "Only listed serials can be added.",
  code: "Only listed serials can be added, with their claim code.",
};

type Open = { kind: "import" } | { kind: "release"; serial: string } | { kind: "remove"; serial: string };

export function Devices() {
  useTitle("Devices");
  const policy = useClaim();
  const q = usePlace().query.get("q") ?? "";
  const [open, setOpen] = useState<Open | null>(null);
  const list = useResource(q, (signal) => getDevices({ q }, signal), "devices");
  const more = useMore(q, list, (cursor, limit) => getDevices({ q, cursor, limit }));
  useLive(list.refresh);
  const close = () => setOpen(null);
  const done = () => {
    close();
    list.reload();
  };
  return (
    <>
      <PageHead title="Devices" sentence={POLICIES[policy]}>
        <button type="button" class="secondary" onClick={() => setOpen({ kind: "release", serial: "" })}>
          Release a serial
        </button>
        <button type="button" onClick={() => setOpen({ kind: "import" })}>
          Import devices
        </button>
      </PageHead>
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data && (q !== "" || more.items.length > 0) && (
        <div class="filters">
          <Search name="q" value={q} label="Search serial" />
        </div>
      )}
      {list.data &&
        (more.items.length > 0 ? (
          <DeviceTable devices={more.items} busy={list.loading} onOpen={setOpen} />
        ) : q !== "" ? (
          <Empty title="No such devices">
            <p>
              <Link href="/operator/devices">Show all devices</Link>
            </p>
          </Empty>
        ) : (
          <Empty title="No devices yet">
            <p>Serials that you import are listed here, without their claim codes.</p>
          </Empty>
        ))}
      <MoreButton more={more} />
      {open?.kind === "import" && <DeviceImportDialog onClose={close} onImported={done} />}
      {open?.kind === "release" && (
        <ReleaseDialog serial={open.serial} onClose={close} onReleased={done} />
      )}
      {open?.kind === "remove" && (
        <DeviceRemoveDialog serial={open.serial} onClose={close} onRemoved={done} />
      )}
    </>
  );
}

interface TableProps {
  devices: Device[];
  busy: boolean;
  onOpen: (open: Open) => void;
}

function DeviceTable({ devices, busy, onOpen }: TableProps) {
  return (
    <table class="table cards" role="table" aria-busy={busy || undefined}>
      <caption class="visually-hidden">The device list</caption>
      <thead role="rowgroup">
        <tr role="row">
          {["Serial", "Claim code", "Only for", "Sensor of", "Listed"].map((words) => (
            <th key={words} role="columnheader" scope="col">
              {words}
            </th>
          ))}
          <th role="columnheader" scope="col">
            <span class="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {devices.map((device) => (
          <tr role="row" key={device.serial}>
            <th role="rowheader" scope="row" class="cell-sensor serial">
              {device.serial}
            </th>
            <td role="cell" data-label="Claim code">
              {device.has_claim_code ? "yes" : <span class="faint">none</span>}
            </td>
            <td role="cell" data-label="Only for">
              {device.organization?.name ?? <span class="faint">any organization</span>}
            </td>
            <td role="cell" data-label="Sensor of">
              {device.owner?.name ?? <span class="faint">nobody</span>}
            </td>
            <td role="cell" data-label="Listed" class="nowrap">
              {day(device.listed_at, HERE)}
            </td>
            <td role="cell" class="cell-act">
              {device.owner && (
                <button
                  type="button"
                  class="quiet"
                  onClick={() => onOpen({ kind: "release", serial: device.serial })}
                >
                  Release<span class="visually-hidden"> {device.serial}</span>
                </button>
              )}
              <button
                type="button"
                class="quiet"
                onClick={() => onOpen({ kind: "remove", serial: device.serial })}
              >
                Remove<span class="visually-hidden"> {device.serial}</span>
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
