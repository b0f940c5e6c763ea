// Holds api/openapi.yaml to what other people's tools ask of it: a linter, and two generators of clients.
// One generated client then talks to the program. TENURE_BINARY says which program.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { startProgram } from "../browser/support/program.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const contract = join(here, "../../api/openapi.yaml");
const modules = join(here, "node_modules");
let folder; // inside this folder, so that what is generated finds the packages

before(async () => {
  folder = await mkdtemp(join(here, "generated-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Runs a script of a package. Its output is the reason when it fails. */
const node = (script, ...words) =>
  promisify(execFile)(process.execPath, [join(modules, script), ...words]).catch((error) =>
    assert.fail(`${script}:\n${error.stdout}${error.stderr}`),
  );

const compile = (file) =>
  node("typescript/bin/tsc", join(folder, file), "--strict", "--target", "es2022", "--module", "nodenext");

test("the linter has nothing to say", () =>
  node(
    "@stoplight/spectral-cli/dist/index.js",
    ...["lint", "--quiet", "--fail-severity=info", "--ruleset", join(here, "spectral.yaml"), contract],
  ));

test("types for TypeScript can be generated, and compile", async () => {
  await node("openapi-typescript/bin/cli.js", contract, "--output", join(folder, "types.ts"));
  await compile("types.ts");
});

test("a client can be generated, compiles, and works with the program", async () => {
  await node("oazapfts/dist/cli.js", contract, join(folder, "client.ts"));
  await compile("client.ts");
  const api = await import(pathToFileURL(join(folder, "client.js")));
  const program = await startProgram();
  try {
    await talk(api, program);
  } finally {
    await program.stop();
  }
});

/** Signs in, redeems a code, adds a sensor, and reads it, all by generated functions. */
async function talk(api, program) {
  const email = "ada@example.com",
    password = "a lamp, two maps and a kettle";
  await program.addOperator(email, password);
  const code = await program.issueCode(2, "P2Y");
  const http = { baseUrl: `${program.url}/api/v1` };

  const signedIn = await api.signIn({ email, password }, http);
  assert.equal(signedIn.status, 200);
  http.headers = { cookie: signedIn.headers.get("set-cookie").split(";")[0] };

  const name = "Cold Storage Ltd";
  const made = await api.createOrganization({ name, time_zone: "Europe/Warsaw" }, {}, http);
  assert.equal(made.status, 201);
  const org = made.data.id;
  const redeemed = await api.redeemCode(org, { code }, {}, http);
  assert.deepEqual([redeemed.status, redeemed.data.licenses_left], [201, 2]);

  const sensor = { serial: "282C02424EED", name: "Vaccine fridge 2" };
  assert.equal((await api.addSensor(org, sensor, {}, http)).status, 201);
  const page = await api.getLicenseManager(org, { q: "vaccine" }, http);
  assert.deepEqual([page.data.licenses_left, page.data.items[0].name], [1, sensor.name]);

  const twice = await api.addSensor(org, sensor, {}, http);
  assert.deepEqual([twice.status, twice.data.code], [409, "sensor_exists"]);
}
