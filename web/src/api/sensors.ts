import type { Sending } from "./client";
import { call, org, sensor, upload } from "./client";
import type {
  AddedSensor,
  ChangedSensor,
  ImportAnswer,
  ImportPreview,
  List,
  Measurement,
  PageQuery,
  Sensor,
} from "./types";

export interface NewSensor {
  serial: string;
  name?: string;
  key?: string;
  auto_renewal?: boolean;
  claim_code?: string;
}
/** The new serial of a sensor that is replaced. */
export interface Replacement {
  serial: string;
  claim_code?: string;
}
export interface SensorChange {
  name?: string;
  auto_renewal?: boolean;
  alarms_paused?: boolean;
}
export interface MeasurementQuery {
  channel?: number;
  from?: string;
  to?: string;
  limit?: number;
  cursor?: string | null;
  resolution?: string;
}

/** The fields of a form; an empty name counts as missing. */
export function newSensor(serial: string, name: string, key = ""): NewSensor {
  const called = name.trim();
  return {
    serial: serial.trim(),
    ...(called ? { name: called } : {}),
    ...(key ? { key } : {}),
  };
}

export const addSensor = (id: string, added: NewSensor) =>
  call<AddedSensor>("POST", `${org(id)}/sensors`, { body: added });
export const previewSensor = (id: string, added: NewSensor, signal?: AbortSignal) =>
  call<AddedSensor>("POST", `${org(id)}/sensors`, {
    body: added,
    query: { dry_run: true },
    signal,
  });
export const getSensors = (id: string, page: PageQuery, signal?: AbortSignal) =>
  call<List<Sensor>>("GET", `${org(id)}/sensors`, { query: { ...page }, signal });
export const getSensor = (id: string, serial: string, signal?: AbortSignal) =>
  call<Sensor>("GET", sensor(id, serial), { signal });
export const changeSensor = (id: string, serial: string, change: SensorChange) =>
  call<ChangedSensor>("PATCH", sensor(id, serial), { body: change });
export const previewChange = (id: string, serial: string, change: SensorChange) =>
  call<ChangedSensor>("PATCH", sensor(id, serial), { body: change, query: { dry_run: true } });
export const removeSensor = (id: string, serial: string) =>
  call<void>("DELETE", sensor(id, serial));
export const previewReplacement = (
  id: string,
  serial: string,
  by: Replacement,
  signal?: AbortSignal,
) =>
  call<unknown>("POST", `${sensor(id, serial)}/replacement`, {
    body: by,
    query: { dry_run: true },
    signal,
  });
export const replaceSensor = (id: string, serial: string, by: Replacement) =>
  call<unknown>("POST", `${sensor(id, serial)}/replacement`, { body: by });

/** A list of sensors as a file has it, and what is known of it; null: the server finds out. */
export interface SensorList {
  bytes: Blob;
  charset: string | null;
  header: boolean | null;
  /** The meaning of each column; "": it is not imported. */
  columns: string[] | null;
}

const typeOf = ({ charset }: SensorList) => (charset ? `text/csv; charset=${charset}` : "text/csv");
const readingOf = ({ header, columns }: SensorList) => ({ header, columns: columns?.join(",") });

/** What a list has, as the server reads it. */
export const previewImport = (id: string, list: SensorList, signal: AbortSignal) =>
  upload<ImportPreview>(
    `${org(id)}/sensors/import/preview`,
    list.bytes,
    typeOf(list),
    readingOf(list),
    { signal, reads: true },
  );
/** All sensors of a list are added or none. */
export const importSensors = (id: string, list: SensorList, dry_run: boolean, sending: Sending) =>
  upload<ImportAnswer>(
    `${org(id)}/sensors/import`,
    list.bytes,
    typeOf(list),
    { ...readingOf(list), detailed: true, ...(dry_run ? { dry_run } : {}) },
    sending,
  );

export const getMeasurements = (
  id: string,
  serial: string,
  query: MeasurementQuery,
  signal?: AbortSignal,
) =>
  call<List<Measurement>>("GET", `${sensor(id, serial)}/measurements`, {
    query: { ...query },
    signal,
  });
