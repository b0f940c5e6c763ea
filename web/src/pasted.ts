// Codes and serials as people paste them, from a mail, a document or a label. The server
// (src/domain/pasted.h) reads by the same rule; tests/vectors/pasted.jsonl holds both to it.

interface Form {
  /** Of a complete text. */
  symbols: number;
  /** A label has a letter that is not in it. */
  alphabet: string;
}

const BYTES_AT_MOST = 500;

/** Dashes of any kind are "-", colons ":", other characters that do not count " ", broken ones "?". */
function plain(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\uFE55\u2236]/g, ":")
    .replace(/[\p{Pd}\u2212\u00AD]/gu, "-")
    .replace(/[^:-]/gu, (mark) => {
      if (/\p{Cc}/u.test(mark)) return /[\s\u0085]/.test(mark) ? " " : "\0";
      return /[\p{L}\p{N}\p{M}]/u.test(mark) && !/\p{DI}/u.test(mark) ? mark : " ";
    })
    .replaceAll("\0", "?");
}

const IGNORED = " -:";

/** A label has no digit and a letter outside the alphabet. */
const isLabel = (text: string[], { alphabet }: Form) =>
  !text.some((mark) => /[0-9?]/.test(mark)) &&
  text.some((mark) => !IGNORED.includes(mark) && !alphabet.includes(upper(mark)));

const upper = (mark: string) => mark.replace(/[a-z]/, (small) => small.toUpperCase());

/** Where the text behind a label begins; 0: there is no label. */
function behindLabel(marks: string[], form: Form): number {
  const places = marks.flatMap((mark, at) => (IGNORED.includes(mark) ? [] : [at]));
  const tail = places[places.length - form.symbols],
    before = places[places.length - form.symbols - 1];
  if (tail !== undefined && before !== undefined) {
    const apart = marks.slice(before + 1, tail).some((mark) => mark !== "-");
    if (apart && isLabel(marks.slice(0, before + 1), form)) return tail;
  }
  const colon = marks.indexOf(":");
  const lone = colon >= 0 && colon === marks.lastIndexOf(":");
  return places.length !== form.symbols && lone && isLabel(marks.slice(0, colon), form)
    ? colon + 1
    : 0;
}

/** The letters, digits and marks of a text, in upper case, without a label. Null: it is too long. */
export function pastedSymbols(text: string, form: Form): string | null {
  if (new TextEncoder().encode(text).length > BYTES_AT_MOST) return null;
  const marks = [...plain(text)];
  return marks
    .slice(behindLabel(marks, form))
    .filter((mark) => !IGNORED.includes(mark))
    .map(upper)
    .join("");
}

/** The twelve digits of a typed or pasted serial; null: it is not one. */
export function readSerial(text: string): string | null {
  const symbols = pastedSymbols(text, { symbols: 12, alphabet: "ABCDEF" })?.replace(/^SN/, "");
  const digits = symbols && symbols.length > 12 ? symbols.replace(/^0X/, "") : symbols;
  return digits && /^[0-9A-F]{12}$/.test(digits) ? digits : null;
}
