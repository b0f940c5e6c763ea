// Lists of sensors as spreadsheets write them, on the page that imports them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, NARROW, openPage } from "./support/browser.mjs";
import { makeFleet } from "./support/fleet.mjs";
import { heading, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { build } = require("esbuild");

let program, browser, fleet;

before(async () => {
  program = await startProgram();
  browser = await launch();
  fleet = await makeFleet(browser, program);
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

const asOwner = (options) => openPage(browser, program.url, { storageState: fleet.owner, ...options });
const address = (rest) => `/o/${fleet.organization}/${rest}`;
const api = (rest) => `/api/v1/organizations/${fleet.organization}/${rest}`;
const choose = (page, buffer) =>
  page
    .locator('input[type="file"]')
    .setInputFiles({ name: "list.csv", mimeType: "application/vnd.ms-excel", buffer: Buffer.from(buffer) });
const rows = (page) => page.locator(".import-rows tbody tr").allInnerTexts();
async function nameOf(context, serial) {
  return (await (await context.request.get(api(`sensors/${serial}`))).json()).name;
}

test("the writer of the pages is the one of the server", async () => {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL("../../web/src/csv.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  const { contents } = bundle.outputFiles[0];
  const { writeCsv } = await import(
    `data:text/javascript;base64,${Buffer.from(contents).toString("base64")}`
  );
  const vectors = (await readFile(new URL("../vectors/csv.jsonl", import.meta.url), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.ok(vectors.length > 30);
  for (const { fields, written } of vectors) assert.equal(writeCsv([fields]), written);
  assert.equal(writeCsv([[-5, "-5"]]), "-5,'-5\r\n", "a number is no formula");
});

test("a file of a German Excel is read after a look at its names", async () => {
  const { page, context, faults } = await asOwner();
  await page.goto(address("import"));
  const file = "Seriennummer;Bezeichnung;Verlängerung;Ort\r\n28-2C-02-00-00-11;Kühlraum Süd;WAHR;A\r\n;;;\r\n282C02000012;Größe – 2;FALSCH;B\r\n";
  await choose(page, Buffer.from(file, "latin1").map((byte) => (byte === 0x13 ? 0x96 : byte)));
  const western = page.getByRole("radio", { name: /Western European.*Kühlraum Süd/ });
  await western.waitFor();
  assert.equal(await page.locator(".import-rows").count(), 0, "nothing is checked before");
  await page.getByRole("radio", { name: /Central European/ }).waitFor();
  await western.check();
  await page.getByText("2 new sensors").waitFor();
  const [first, second] = await rows(page);
  assert.match(first, /^2\b.*282C02000011.*Kühlraum Süd/s);
  assert.match(second, /^4\b.*282C02000012.*Größe – 2/s, "the row that Excel shows");
  await page.getByText("Columns: 1 is not imported").waitFor();
  await press(page, "Import 2 sensors");
  await heading(page, "2 sensors imported");
  assert.equal(await nameOf(context, "282C02000011"), "Kühlraum Süd");
  const second_ = await (await context.request.get(api("sensors/282C02000012"))).json();
  assert.equal(second_.auto_renewal, false);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a file of a Polish Excel is right in the other charset", async () => {
  const { page, context } = await asOwner();
  await page.goto(address("import"));
  const head = Buffer.from("Numer seryjny;Nazwa\r\n282C02000013;");
  await choose(page, Buffer.concat([head, Buffer.from([0xa3, 0xf3, 0x64, 0x9f])])); // Łódź
  await page.getByRole("radio", { name: /Central European.*Łódź/ }).check();
  await page.getByText("1 new sensor").waitFor();
  await press(page, "Import 1 sensor");
  await heading(page, "1 sensor imported");
  assert.equal(await nameOf(context, "282C02000013"), "Łódź");
  await context.close();
});

test("columns that are not recognized are chosen by hand", async () => {
  const { page, context, faults } = await asOwner();
  await page.goto(address("import"));
  const utf16 = "\uFEFFHalle\tNummer\tRaum\r\n1\t282C02000014\t=Lager\r\n2\t282C02000015\t\r\n";
  await choose(page, Buffer.from(utf16, "utf16le"));
  await page.getByText("Choose the column of the serials").waitFor();
  await page.getByLabel("Meaning of Nummer").selectOption("Serial");
  await page.getByLabel("Meaning of Raum").selectOption("Name");
  await press(page, "Check 2 rows");
  await page.getByText("2 new sensors").waitFor();
  await press(page, "Import 2 sensors");
  await heading(page, "2 sensors imported");
  assert.equal(await nameOf(context, "282C02000014"), "=Lager");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a pasted list without a header can begin with a bad serial", async () => {
  const { page, context } = await asOwner({ viewport: NARROW });
  await page.goto(address("import"));
  await page.getByLabel("Or paste rows").fill("2,82E+11\tFridge\n282C02000016\tFreezer");
  await page.getByLabel("The first row names the columns").uncheck();
  await page.getByLabel("Meaning of Column 1").waitFor();
  await press(page, "Check 2 rows");
  await page.getByText(/spreadsheet has changed it to the number 2,82E\+11/).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, "nothing reaches beyond the screen");
  await context.close();
});

test("a chosen file is there again after a look at another page, until it is imported", async () => {
  const { page, context, faults } = await asOwner();
  await page.goto(address("import"));
  await choose(page, "serial,name\n282C02000017,Kept\n");
  await page.getByText("1 new sensor").waitFor();
  const away = async () => {
    await page.getByRole("link", { name: "License Manager" }).first().click();
    await heading(page, "License Manager");
    await page.goBack();
  };
  await away();
  await page.getByText("list.csv").waitFor();
  await page.getByText("1 new sensor").waitFor();
  await press(page, "Import 1 sensor");
  await heading(page, "1 sensor imported");
  await away();
  await page.getByLabel("Or paste rows").waitFor();
  assert.equal(await page.getByText("list.csv").count(), 0);
  assert.equal(await nameOf(context, "282C02000017"), "Kept");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a workbook is refused with advice", async () => {
  const { page, context } = await asOwner();
  await page.goto(address("import"));
  await choose(page, "PK\x03\x04 and more");
  await page.getByText("The file is an Excel workbook: save it as CSV UTF-8.").waitFor();
  await context.close();
});

test("an export imported again gives every name back", async () => {
  const names = ["=1+1", "-80 °C freezer", "+49", "@home", "'quoted'", "'=x", "''-y", 'a "b", c; d', "Łódź 冷", "'"];
  const { page, context } = await asOwner({ acceptDownloads: true });
  const serials = names.map((_, index) => `282C0200010${index.toString(16).toUpperCase()}`);
  for (const [index, name] of names.entries()) {
    const answer = await context.request.post(api("sensors"), { data: { serial: serials[index], name } });
    assert.equal(answer.status(), 201, name);
  }
  await page.goto(address("licenses?q=282C020001"));
  await page.getByRole("row", { name: /freezer/ }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Export CSV")]);
  const exported = await readFile(await download.path());
  assert.deepEqual([...exported.subarray(0, 3)], [0xef, 0xbb, 0xbf], "Excel takes it for UTF-8");
  for (const serial of serials) {
    await context.request.patch(api(`sensors/${serial}`), { data: { name: "forgotten" } });
    assert.equal((await context.request.delete(api(`sensors/${serial}`))).status(), 204);
  }
  await page.goto(address("import"));
  await choose(page, exported);
  await page.getByText("10 sensors still have a license").waitFor();
  await press(page, "Import 10 sensors");
  await heading(page, "10 sensors imported");
  for (const [index, serial] of serials.entries())
    assert.equal(await nameOf(context, serial), names[index]);
  await context.close();
});

test("a code is pasted with its label and the dashes of a document", async () => {
  const { page, context } = await asOwner();
  await page.goto(address("licenses"));
  await press(page, "Add activation code");
  const field = page.getByLabel("Activation code", { exact: true });
  await field.focus();
  await field.evaluate((element, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    element.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, `Activation code\r\n“${fleet.later.replaceAll("-", "\u2011")}”`);
  assert.equal(await field.inputValue(), fleet.later);
  await page.getByText("Complete").waitFor();
  await context.close();
});
