// The form of an activation code and its check symbol. The browser checks this rule, too, so that a
// typing error never counts as a guess.

import { pastedSymbols } from "./pasted";

const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's Base32
export const CODE_LENGTH = 25; // 24 random symbols and one check symbol

/** The symbols of a typed or pasted text (pasted.ts): upper case, O as 0, I and L as 1. */
export function codeSymbols(text: string): string {
  const symbols = pastedSymbols(text, { symbols: CODE_LENGTH, alphabet: "" }) ?? text;
  return symbols.replace(/O/g, "0").replace(/[IL]/g, "1");
}

/** Groups of five. */
export function formatCode(text: string): string {
  return (
    codeSymbols(text)
      .match(/.{1,5}/gu)
      ?.join("-") ?? ""
  );
}

/** A key in a table: 7Q2F…-K3. The full one is shown on focus. */
export function shortenKey(key: string): string {
  return `${key.slice(0, 4)}…-${key.slice(-2)}`;
}

/** Doubles in GF(32), with the polynomial x^5 + x^2 + 1. */
function double(value: number): number {
  return value & 16 ? ((value << 1) ^ 0x25) & 31 : value << 1;
}

function checkSymbol(data: string): string {
  let sum = 0;
  for (const symbol of data) sum = double(sum ^ SYMBOLS.indexOf(symbol));
  return SYMBOLS.charAt(sum);
}

export interface CodeState {
  complete: boolean;
  wrong: boolean;
  words: string;
}

/** The hint for a code that is being typed. */
export function codeState(text: string): CodeState {
  const symbols = codeSymbols(text);
  const stranger = [...symbols].find((symbol) => !SYMBOLS.includes(symbol));
  if (stranger)
    return {
      complete: false,
      wrong: true,
      words: `${stranger} never appears in a code. Check this symbol.`,
    };
  const missing = CODE_LENGTH - [...symbols].length;
  if (symbols.length === 0)
    return { complete: false, wrong: false, words: "25 symbols in groups of five" };
  if (missing > 0)
    return {
      complete: false,
      wrong: false,
      words: `${missing} more ${missing === 1 ? "symbol" : "symbols"}`,
    };
  if (missing < 0)
    return { complete: false, wrong: true, words: `${-missing} too many: a code has 25 symbols.` };
  if (checkSymbol(symbols.slice(0, -1)) !== symbols.slice(-1)) {
    return {
      complete: false,
      wrong: true,
      words: "There is a typing error. Compare the code symbol by symbol.",
    };
  }
  return { complete: true, wrong: false, words: "Complete" };
}
