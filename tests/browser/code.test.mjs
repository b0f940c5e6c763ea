// The check symbol as the browser computes it.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { build } = require("esbuild");

async function bundled(name) {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL(`../../web/src/${name}.ts`, import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  const { contents } = bundle.outputFiles[0];
  return import(`data:text/javascript;base64,${Buffer.from(contents).toString("base64")}`);
}
const { codeState, codeSymbols, formatCode, shortenKey } = await bundled("code");
const { readSerial } = await bundled("pasted");

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

const vectors = readFileSync(new URL("../vectors/pasted.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

/** The word of the vectors for the hint of a code that is not complete. */
function flawOf({ complete, words }) {
  if (complete) return undefined;
  return /never appears/.test(words)
    ? "symbol"
    : /too many/.test(words)
      ? "long"
      : /typing error/.test(words)
        ? "check"
        : "short";
}

test("pasted codes and serials are read as the server reads them", () => {
  assert.ok(vectors.length > 100);
  for (const { kind, row, text, read, flaw } of vectors) {
    if (kind === "serial") {
      assert.equal(readSerial(text), read, row);
      continue;
    }
    assert.equal(flawOf(codeState(text)), flaw, row);
    if (read) assert.equal(formatCode(text), read, row);
  }
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
