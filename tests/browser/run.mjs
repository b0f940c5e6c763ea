// Runs the browser tests: TENURE_BINARY=build/tenure node tests/browser/run.mjs [PART]
// With PART only those whose name or file contains it; `PART --any` only looks whether there is one.
// The packages are those of web/ (npm ci --prefix web); the browser is Debian's chromium, or CHROMIUM.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [part, ask] = process.argv.slice(2);
const binary = process.env.TENURE_BINARY && resolve(process.env.TENURE_BINARY);
const fail = (reason) => {
  console.error(`tests/browser: ${reason}`);
  process.exit(2);
};

if (!binary) fail("say by TENURE_BINARY which program to test");
if (!existsSync(binary)) fail(`there is no program ${binary}: build it first`);
if (!existsSync(join(here, "../../web/node_modules/playwright-core")))
  fail("run npm ci --prefix web first");

const all = readdirSync(here).filter((name) => name.endsWith(".test.mjs"));
// The names of tests stand in their files as they are, quoted.
const escaped = part?.replace(/[^\w ]/g, "\\$&");
const named = new RegExp(`^ *test\\(\\s*["'\`].*${escaped}`, "m");
const byFile = all.filter((name) => part && name.includes(part));
const byTest = all.filter((name) => named.test(readFileSync(join(here, name), "utf8")));
const files = part ? (byFile.length ? byFile : byTest) : all;
if (ask) process.exit(files.length ? 0 : 1);

// Each file has a server and a browser of its own: two at a time.
const how = ["--test", "--test-concurrency=2", "--test-reporter=spec"];
if (part && !byFile.length) how.push(`--test-name-pattern=${escaped}`);
const { status } = spawnSync(process.execPath, [...how, ...files.map((name) => join(here, name))], {
  stdio: "inherit",
  env: { ...process.env, TENURE_BINARY: binary },
});
process.exit(status ?? 1);
