// The check symbol as the browser computes it.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { build } = require("esbuild");

const bundle = await build({
  entryPoints: [fileURLToPath(new URL("../../web/src/code.ts", import.meta.url))],
  bundle: true,
  format: "esm",
  write: false,
});
const { codeState, codeSymbols, formatCode, shortenKey } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`
);

const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A right code: of the 32 last symbols exactly one fits. */
function rightCode() {
  const data = Array.from({ length: 24 }, () => SYMBOLS[randomInt(32)]).join("");
  const fitting = [...SYMBOLS].filter((last) => codeState(data + last).complete);
  assert.equal(fitting.length, 1, data);
  return data + fitting[0];
}

test("every single wrong symbol is caught", () => {
  for (let round = 0; round < 20; round++) {
    const code = rightCode();
    for (let at = 0; at < 25; at++) {
      for (const other of SYMBOLS) {
        const wrong = code.slice(0, at) + other + code.slice(at + 1);
        assert.equal(codeState(wrong).complete, wrong === code, wrong);
      }
    }
  }
});

test("every swap of two different neighbors is caught", () => {
  for (let round = 0; round < 200; round++) {
    const code = rightCode();
    for (let at = 0; at < 24; at++) {
      const swapped = code.slice(0, at) + code[at + 1] + code[at] + code.slice(at + 2);
      assert.equal(codeState(swapped).complete, swapped === code, swapped);
    }
  }
});

test("a code is read without regard to case, hyphens, spaces and look-alikes", () => {
  assert.equal(formatCode(" ab cde-fgo0Il "), "ABCDE-FG001-1");
  assert.equal(codeSymbols("oOiIlL"), "001111");
  assert.equal(formatCode(""), "");
  assert.equal(shortenKey("7Q2F0-AAAAA-BBBBB-CCCCC-DDDK3"), "7Q2F…-K3");
});

test("who types is told what is missing", () => {
  const code = rightCode();
  assert.equal(codeState("").words, "25 symbols in groups of five");
  assert.equal(codeState(code.slice(0, 20)).words, "5 more symbols");
  assert.equal(codeState(code.slice(0, 24)).words, "1 more symbol");
  assert.equal(codeState(code).words, "Complete");
  assert.match(codeState(`${code}0`).words, /1 too many/);
  assert.match(codeState("ABCU").words, /U never appears/);
  assert.match(codeState(code.slice(0, 24) + (code[24] === "0" ? "1" : "0")).words, /typing error/);
});
