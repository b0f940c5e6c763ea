// Comma-separated values (RFC 4180): read with the delimiter of the file, written with commas.

/** The most frequent of the three in the first line. */
function delimiterOf(text: string): string {
  const line = text.slice(0, 10_000).split(/\r?\n/, 1)[0] ?? "";
  const often = (mark: string) => line.split(mark).length;
  return ["\t", ";"].reduce((best, mark) => (often(mark) > often(best) ? mark : best), ",");
}

/** Rows of fields; empty lines are left out. */
export function readCsv(text: string): string[][] {
  const body = text.replace(/^\uFEFF/, "");
  const delimiter = delimiterOf(body);
  const rows: string[][] = [];
  let row: string[] = [],
    field = "",
    quoted = false;
  const endField = () => {
    row.push(field);
    field = "";
  };
  const endRow = () => {
    endField();
    if (row.length > 1 || row[0]!.trim() !== "") rows.push(row);
    row = [];
  };
  for (let at = 0; at < body.length; at++) {
    const mark = body[at]!;
    if (quoted) {
      if (mark !== '"') field += mark;
      else if (body[at + 1] === '"') field += body[++at];
      else quoted = false;
    } else if (mark === '"' && field === "") quoted = true;
    else if (mark === delimiter) endField();
    else if (mark === "\n") endRow();
    else if (mark !== "\r") field += mark;
  }
  if (field !== "" || row.length > 0) endRow();
  return rows;
}

const quote = (field: string) =>
  /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

/** A spreadsheet must not read a typed text as a formula. */
const tame = (field: string) => (/^[=+@\t\r-]/.test(field) ? `'${field}` : field);

/** For spreadsheets. */
export function writeCsv(rows: string[][]): string {
  return joinCsv(rows.map((row) => row.map(tame)));
}

/** For programs: every field as it is. */
export function joinCsv(rows: string[][]): string {
  return rows.map((row) => `${row.map(quote).join(",")}\r\n`).join("");
}

/** Hands a text to the browser as a file. */
export function saveText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
