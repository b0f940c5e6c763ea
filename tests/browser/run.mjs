// Runs the browser tests: TENURE_BINARY=build/tenure node tests/browser/run.mjs
// The packages are those of web/ (npm ci --prefix web); the browser is Debian's chromium, or CHROMIUM.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.env.TENURE_BINARY && resolve(process.env.TENURE_BINARY);
const fail = (reason) => {
  console.error(`tests/browser: ${reason}`);
  process.exit(2);
};

if (!binary) fail("say by TENURE_BINARY which program to test");
if (!existsSync(binary)) fail(`there is no program ${binary}: build it first`);
if (!existsSync(join(here, "../../web/node_modules/playwright-core")))
  fail("run npm ci --prefix web first");

const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .map((name) => join(here, name));
// Each file has a server and a browser of its own: two at a time.
const how = ["--test", "--test-concurrency=2", "--test-reporter=spec"];
const { status } = spawnSync(process.execPath, [...how, ...files], {
  stdio: "inherit",
  env: { ...process.env, TENURE_BINARY: binary },
});
process.exit(status ?? 1);
