// Reads a list of sensors: with or without a header, with commas, semicolons or tabs.
import { joinCsv, readCsv } from "../../csv";

export const ROWS_AT_MOST = 100_000,
  BYTES_AT_MOST = 16 * 1024 * 1024;

const COLUMNS = ["serial", "name", "key", "auto_renewal"];

export interface SensorList {
  /** As the API takes it. */
  csv: string;
  /** Serial and name of each row, in order. */
  rows: { serial: string; name: string }[];
  /** Columns that are ignored. */
  ignored: string[];
  /** The reason why it cannot be sent, if any. */
  problem: string | null;
}

const word = (cell: string) =>
  cell
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");

export function readList(text: string): SensorList {
  const cells = readCsv(text);
  const first = cells[0]?.map(word) ?? [];
  const headed = first.includes("serial");
  const header = headed ? first : COLUMNS.slice(0, Math.min(2, first.length));
  const body = headed ? cells.slice(1) : cells;
  const known = header.flatMap((name, index) => (COLUMNS.includes(name) ? [{ name, index }] : []));
  const csv = joinCsv([
    known.map(({ name }) => name),
    ...body.map((row) => known.map(({ index }) => row[index]?.trim() ?? "")),
  ]);
  const at = (name: string) => header.indexOf(name);
  const rows = body.map((row) => ({
    serial: row[at("serial")]?.trim() ?? "",
    name: row[at("name")]?.trim() ?? "",
  }));
  return {
    csv,
    rows,
    ignored: header.filter((name) => name !== "" && !COLUMNS.includes(name)),
    problem: problemOf(rows.length, csv),
  };
}

function problemOf(rows: number, csv: string): string | null {
  if (rows === 0)
    return "The list has no rows. A row has a serial and, if you like, a name.";
  if (rows > ROWS_AT_MOST)
    return `The list has ${rows.toLocaleString()} rows; the limit is ${ROWS_AT_MOST.toLocaleString()}. Split it.`;
  if (new Blob([csv]).size > BYTES_AT_MOST) return "The list is larger than 16 MiB. Split it.";
  return null;
}
