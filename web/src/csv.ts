// Writes comma-separated values (RFC 4180) for spreadsheets. The server reads them: src/base/csv.h.
// tests/vectors/csv.jsonl holds this writer to the one of the server.

/** A text that a spreadsheet would read as a formula, also behind apostrophes. */
const FORMULA = /^'*[=+@\t\r-]/;

const quote = (field: string) =>
  /[,;\t"\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

const guard = (field: string) => (FORMULA.test(field) ? `'${field}` : field);

const written = (field: string | number) =>
  typeof field === "number" ? String(field) : quote(guard(field));

export function writeCsv(rows: (string | number)[][]): string {
  return rows.map((row) => `${row.map(written).join(",")}\r\n`).join("");
}

/** Hands rows to the browser as a file. Its byte order mark tells Excel that it is UTF-8. */
export function saveCsv(name: string, rows: (string | number)[][]): void {
  const file = new Blob(["\uFEFF", writeCsv(rows)], { type: "text/csv;charset=utf-8" });
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
