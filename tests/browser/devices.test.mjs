// The device list: the operator imports, releases and removes; people add sensors with their claim codes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage } from "./support/browser.mjs";
import { heading, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

const OPERATOR = { email: "operator@example.com", password: "a quiet green river" };
const ADA = { email: "ada@example.com", password: "nine green bottles" };
const FRIDGE = "282C02424EED",
  CELLAR = "282C02424EEE";
const LIST = `serial,claim_code\n${FRIDGE},K7Q2-M9\n${CELLAR},C3LL-4R\n`;

let program, browser, operator, ada, org;

before(async () => {
  program = await startProgram("--claim", "code");
  browser = await launch();
  await program.addOperator(OPERATOR.email, OPERATOR.password);
  const signIn = async (path, data) => {
    const context = await browser.newContext({ baseURL: program.url });
    const post = async (to, body) =>
      (await context.request.post(`/api/v1${to}`, { data: body })).json();
    await post(path, data);
    return { context, post };
  };
  const one = await signIn("/session", OPERATOR);
  operator = await one.context.storageState();
  await one.context.close();
  const code = await program.issueCode(5, "P1Y");
  const two = await signIn("/users", { ...ADA, activation_code: code });
  org = (await two.post("/organizations", { name: "Cold Chain", time_zone: "Europe/Warsaw" })).id;
  await two.post(`/organizations/${org}/activation-codes`, { code });
  await two.post("/organizations", { name: "Ice House", time_zone: "Europe/Warsaw" });
  ada = await two.context.storageState();
  await two.context.close();
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

test("an operator imports the list after a check", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { storageState: operator });
  await page.goto("/operator/devices");
  await heading(page, "No devices yet");
  await assertFit(page, "an empty list");
  await press(page, "Import devices");
  const dialog = page.getByRole("dialog");
  const rows = dialog.getByLabel("Or paste rows");
  await rows.fill(`serial,claim_code\n${FRIDGE},abc\n`);
  await press(dialog, "Check");
  await dialog.getByText(`Row 1 (${FRIDGE}): A claim code has 4 to 64`).waitFor();
  await assertFit(page, "a refused list");
  await rows.fill(LIST);
  await press(dialog, "Check");
  await dialog.getByText("2 new devices.").waitFor();
  await press(dialog, "Import 2 devices");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("row", { name: FRIDGE }).getByText("any organization").waitFor();
  assert.equal((await page.content()).includes("K7Q2"), false);
  await context.close();
  assert.deepEqual(faults, []);
});

test("a sensor is added with its claim code, typed or scanned", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { storageState: ada });
  const tried = [];
  page.on("request", (request) => request.url().includes("dry_run") && tried.push(request.url()));
  await page.goto(`/o/${org}/licenses`);
  await page.getByRole("button", { name: "Add sensor", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Serial").fill(FRIDGE);
  await dialog.getByText("Takes one of the 5 licenses left, starting immediately.", { exact: true }).waitFor();
  await press(dialog, "Add sensor");
  await dialog.getByText("This server adds a sensor only with the claim code").waitFor();
  await dialog.getByLabel("Claim code").fill("K7Q2-M8");
  await press(dialog, "Add sensor");
  await dialog.getByText("This is not the claim code of this serial").waitFor();
  await assertFit(page, "a wrong claim code");
  await dialog.getByLabel("Serial").fill(`${FRIDGE}:K7Q2-M9`);
  assert.equal(await dialog.getByLabel("Serial").inputValue(), FRIDGE);
  assert.equal(await dialog.getByLabel("Claim code").inputValue(), "K7Q2-M9");
  await dialog.getByLabel("Name").fill("Fridge");
  await press(dialog, "Add sensor");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("row", { name: "Fridge" }).waitFor();
  await page.goto(`/o/${org}/sensors/${FRIDGE}`);
  await press(page, "Replace");
  await dialog.getByLabel("Serial of the new sensor").fill(`${CELLAR}:C3LL-4R`);
  await assertFit(page, "replacing");
  await press(dialog, "Replace");
  await page.getByText(`Fridge now has the serial ${CELLAR}`).waitFor();
  assert.deepEqual(tried, [], "each would count as a wrong claim code");
  await context.close();
  assert.deepEqual(faults, []);
});

for (const [how, options] of [
  ["wide", {}],
  ["narrow and dark", { viewport: NARROW, colorScheme: "dark" }],
])
  test(`the list and its dialogs fit: ${how}`, async () => {
    const { page, context, faults } = await openPage(browser, program.url, { storageState: operator, ...options });
    await page.goto("/operator/devices");
    await page.getByRole("row", { name: CELLAR }).getByText("Cold Chain").waitFor();
    await assertFit(page, "the device list");
    await press(page, `Release ${CELLAR}`);
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Fridge, a sensor of Cold Chain").waitFor();
    await assertFit(page, "a release");
    await press(dialog, "Cancel");
    await press(page, `Remove ${CELLAR}`);
    await assertFit(page, "a removal");
    await press(dialog, "Cancel");
    await context.close();
    assert.deepEqual(faults, []);
  });

test("an operator releases a serial and takes it off the list", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { storageState: operator });
  await page.goto("/operator/devices");
  await press(page, "Release a serial");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Serial").fill("282C02000000");
  await dialog.getByText("No organization has a sensor with this serial").waitFor();
  await dialog.getByLabel("Serial").fill(CELLAR);
  await dialog.getByText("a sensor of Cold Chain").waitFor();
  const next = dialog.getByRole("combobox", { name: "Reserve it for" });
  await next.fill("cold");
  await dialog.getByText("Nothing found").waitFor(); // the one that has it
  await next.fill("ice");
  await dialog.getByRole("option", { name: /Ice House/ }).waitFor();
  await page.keyboard.press("Enter");
  await press(dialog, "Release");
  await page.getByText(`${CELLAR} released from Cold Chain, reserved for Ice House`).waitFor();
  await page.getByRole("row", { name: CELLAR }).getByText("nobody").waitFor();
  await press(page, `Remove ${CELLAR}`);
  await press(dialog, "Remove");
  await page.getByRole("row", { name: CELLAR }).waitFor({ state: "detached" });
  await context.close();
  assert.deepEqual(faults, []);
});
