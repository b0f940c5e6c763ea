// The data of a sensor: its state, its row of the License Manager, all its licenses, and its plan.
import type { Forecast, License, LicenseRow, Sensor } from "../../api";
import { getForecast, getLicenses, getSensor } from "../../api";
import { useChanges } from "../../changes";
import { useLive } from "../../live";
import type { Resource } from "../../use_resource";
import { useResource } from "../../use_resource";
import { readRow } from "../licenses/read_row";

export interface Held {
  row: LicenseRow | null;
  left: number;
  licenses: License[];
}

const PAGES_AT_MOST = 20;

async function readLicenses(
  organization: string,
  serial: string,
  signal: AbortSignal,
): Promise<Held> {
  const [{ row, page }, licenses] = await Promise.all([
    readRow(organization, serial, signal),
    allLicenses(organization, serial, signal),
  ]);
  return { row, left: page.licenses_left, licenses };
}

async function allLicenses(
  organization: string,
  serial: string,
  signal: AbortSignal,
): Promise<License[]> {
  const licenses: License[] = [];
  for (let cursor: string | null = null, turn = 0; turn < PAGES_AT_MOST; turn++) {
    const list: { items: License[]; next: string | null } = await getLicenses(
      organization,
      serial,
      cursor,
      signal,
    );
    licenses.push(...list.items);
    if ((cursor = list.next) === null) break;
  }
  return licenses;
}

export interface Known {
  sensor: Resource<Sensor>;
  held: Resource<Held | null>;
}

/** Analysts see no licenses: for them `held` holds null. */
export function useHeld(organization: string, serial: string, manages: boolean): Known {
  const subject = `${organization} ${serial}`;
  const sensor = useResource("", (signal) => getSensor(organization, serial, signal), subject);
  const held = useResource<Held | null>(
    `${manages}`,
    (signal) => (manages ? readLicenses(organization, serial, signal) : Promise.resolve(null)),
    subject,
  );
  const reload = () => {
    sensor.reload();
    if (manages) held.reload();
  };
  useChanges((which) => {
    if (which === null || which === serial) reload();
  });
  useLive(sensor.refresh, held.refresh);
  return { sensor, held };
}

export const FORECAST_MONTHS = 24;

/** The plan: no page waits for it or fails without it. */
export function usePlan(organization: string, wanted: boolean): Resource<Forecast | null> {
  const plan = useResource<Forecast | null>(
    `plan ${wanted}`,
    (signal) =>
      wanted ? getForecast(organization, FORECAST_MONTHS, signal) : Promise.resolve(null),
    organization,
  );
  useChanges(plan.reload);
  useLive(plan.refresh);
  return plan;
}
