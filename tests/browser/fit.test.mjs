// Pages fit: no width scrolls sideways, paper repeats the heads of tables, and what an address cannot mean is said.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage, WIDE } from "./support/browser.mjs";
import { FRIDGE, makeFleet } from "./support/fleet.mjs";
import { heading, panel } from "./support/page.mjs";
import { sheetsOf } from "./support/paper.mjs";
import { startProgram } from "./support/program.mjs";

const WIDTHS = [320, 390, 768, 1024, 1280, 1600, 1920];
const SENSORS = 60;

let program, browser, fleet, api;

before(async () => {
  program = await startProgram();
  browser = await launch();
  fleet = await makeFleet(browser, program);
  const context = await browser.newContext({ baseURL: program.url, storageState: fleet.owner });
  api = async (method, path, data, type) => {
    const answer = await context.request.fetch(`/api/v1/organizations/${fleet.organization}${path}`, {
      method,
      data,
      ...(type ? { headers: { "Content-Type": type } } : {}),
    });
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  };
  const rows = Array.from(
    { length: SENSORS },
    (_, index) => `282C0300${String(index).padStart(4, "0")},Cold room ${index} of the western warehouse`,
  );
  await api("POST", "/sensors/import", `serial,name\n${rows.join("\n")}\n`, "text/csv");
  await api("POST", "/members", {
    email: "somebody.with.a.long.address@department.of.laboratories.example.com",
    role: "manager",
  });
  const rule = { all: true, channel_type: "temperature", condition: "above", threshold: 8, for: "30m" };
  await api("POST", "/alarm-rules", rule);
  const hook = { url: `https://example.com/${"hook".repeat(20)}`, events: ["pool.low", "code.redeemed"] };
  await api("POST", "/webhooks", hook);
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

const address = (rest) => `/o/${fleet.organization}/${rest}`;
const asOwner = (options) => openPage(browser, program.url, { storageState: fleet.owner, ...options });

test("no page scrolls sideways at any width, and no list reaches under the panel", async () => {
  const { page, context, faults } = await asOwner();
  const pages = [
    ["licenses", "License Manager", ".licenses tbody tr"],
    [`licenses?sensor=${FRIDGE}`, "Vaccine fridge", ".panel .running"],
    ["forecast", "Forecast", ".plot canvas"],
    ["import", "Import sensors"],
    ["sensors", "Sensors", "tbody tr"],
    [`sensors/${FRIDGE}`, "Vaccine fridge", ".timeline svg"],
    ["alerts", "Alerts"],
    ["alarms", "Alarm rules", "tbody tr"],
    ["notifications", "Notification Manager", "tbody tr"],
    ["webhooks", "Webhooks", "tbody tr"],
    ["members", "Members", "tbody tr"],
    ["settings", "Settings"],
    ["audit-log", "Audit log", ".audit tbody tr"],
  ];
  for (const [rest, words, content] of pages) {
    await page.goto(address(rest));
    await heading(page, words);
    if (content) await page.locator(content).first().waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const found = await page.evaluate(() => {
        const shown = document.documentElement.clientWidth;
        const side = document.querySelector(".panel");
        const beside = side && getComputedStyle(side).position === "sticky";
        const edge = beside ? side.getBoundingClientRect().left : shown;
        const cells = [...document.querySelectorAll(`${beside ? ".page-under " : ""}:is(th, td, h1, p)`)];
        return {
          sideways: document.documentElement.scrollWidth - shown,
          past: cells
            .filter((one) => one.getBoundingClientRect().width > 1)
            .filter((one) => one.getBoundingClientRect().right > edge + 0.5)
            .map((one) => one.innerText.slice(0, 40)),
        };
      });
      assert.ok(found.sideways <= 0, `${rest} scrolls sideways by ${found.sideways} px at ${width} px`);
      assert.deepEqual(found.past, [], `${rest} at ${width} px`);
    }
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("the operator's pages fit at each width, too", async () => {
  const { page, context } = await openPage(browser, program.url, { storageState: fleet.operator });
  for (const [to, content] of [["/operator", "tbody tr"], ["/operator/organizations", "tbody tr"]]) {
    await page.goto(to);
    await page.locator(content).first().waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(sideways <= 0, `${to} scrolls sideways by ${sideways} px at ${width} px`);
    }
  }
  await context.close();
});

test("on paper each page of a table has its head, over the right columns, and no controls", async () => {
  const { page, context } = await asOwner({ colorScheme: "dark" });
  for (const [rest, table] of [
    ["licenses", ".licenses"],
    ["sensors", ".sensor-list"],
    ["audit-log", ".audit"],
  ]) {
    await page.goto(address(rest));
    await page.locator(`${table} tbody tr`).nth(SENSORS - 1).waitFor();
    const plain = sheetsOf(await page.pdf({ format: "A4" }));
    await page.evaluate((table) => {
      for (const one of document.querySelectorAll(`${table} thead *`))
        one.style.setProperty("color", "rgb(255, 0, 0)", "important");
    }, table);
    const marked = sheetsOf(await page.pdf({ format: "A4" }));
    assert.ok(plain.length >= 3, `${rest} has ${plain.length} pages`);
    plain.forEach((sheet, index) =>
      assert.notEqual(sheet, marked[index], `page ${index + 1} of ${rest} has no head`),
    );
    await page.emulateMedia({ media: "print" });
    const heads = await page.locator(`${table} thead tr > *`).evaluateAll((all) =>
      all.map((one) => getComputedStyle(one).display),
    );
    const cells = await page.locator(`${table} tbody tr`).first().locator("> *").evaluateAll((all) =>
      all.map((one) => getComputedStyle(one).display),
    );
    assert.deepEqual(heads, cells, `${rest}: a head stands over another column`);
    for (const control of [".side", ".filters", ".audit-filters", ".more button", ".page-actions"])
      for (const one of await page.locator(control).all()) assert.equal(await one.isVisible(), false, control);
    await page.emulateMedia({ media: null });
  }
  await context.close();
});

test("a filter that does not exist is said, with the way to everything", async () => {
  const owner = await asOwner(),
    operator = await openPage(browser, program.url, { storageState: fleet.operator });
  for (const [{ page }, to, words, all, content] of [
    [owner, address("licenses?state=nonsense"), "There is no filter “nonsense”", "Show all sensors", ".licenses tbody tr"],
    [owner, address("audit-log?action=nonsense"), "There is no change “nonsense”", "Show all entries", ".audit tbody tr"],
    [operator, "/operator?state=nonsense", "There is no filter “nonsense”", "Show all codes", "tbody tr"],
  ]) {
    await page.goto(to);
    await heading(page, words);
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
    await page.getByRole("link", { name: all }).click();
    await page.locator(content).first().waitFor();
    assert.equal(new URL(page.url()).search, "");
  }
  const { page } = owner;
  for (const rest of [
    "licenses?key=nonsense",
    `licenses?q=${"x".repeat(150)}`,
    `audit-log?object=${"x".repeat(300)}`,
    "alerts?alert=nonsense",
  ]) {
    await page.goto(address(rest));
    await page.getByRole("alert").getByRole("link", { name: "Show everything" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0, rest);
  }
  assert.deepEqual([...owner.faults, ...operator.faults], []);
  await owner.context.close();
  await operator.context.close();
});

test("an order, a period, a day and a range that do not exist are the usual ones", async () => {
  const { page, context, faults } = await asOwner();
  for (const [rest, content] of [
    ["licenses?sort=nonsense", ".licenses tbody tr"],
    ["licenses?within=45", ".licenses tbody tr"],
    ["forecast?months=nonsense", ".plot canvas"],
    ["audit-log?from=2026-02-31&to=nonsense", ".audit tbody tr"],
    [`sensors/${FRIDGE}?range=nonsense&channel=99`, ".timeline svg"],
    ["webhooks?webhook=nonsense", "tbody tr"],
  ]) {
    await page.goto(address(rest));
    await page.locator(content).first().waitFor();
    assert.equal(await page.getByRole("alert").count(), 0, rest);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("a part that fails says so, and loads again when asked", async () => {
  for (const viewport of [WIDE, NARROW])
    for (const colorScheme of ["light", "dark"]) {
      const { page, context, faults } = await asOwner({ viewport, colorScheme, bypassCSP: true });
      const failed = { status: 500, json: { detail: "The server failed.", code: "broken" } };
      const forecast = (route) => route.fulfill(failed);
      await page.route("**/api/v1/**/forecast?*", forecast);
      await page.goto(address("licenses"));
      await page.getByText("The forecast could not be loaded.").waitFor();
      await assertFit(page, "a failed forecast");
      await page.unroute("**/api/v1/**/forecast?*", forecast);
      await page.getByRole("button", { name: /^Try again/ }).click();
      await page.locator("a.summary-forecast").waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    }
  const { page, context } = await asOwner();
  await page.route("**/api/v1/**/alerts?*", (route) =>
    route.fulfill({ status: 500, json: { detail: "The alerts failed.", code: "broken" } }),
  );
  await page.goto(address(`sensors/${FRIDGE}`));
  await page.getByRole("alert").getByText("The alerts failed.").waitFor();
  await page.goto(address(`licenses?sensor=282C0200FFFF`));
  await panel(page).getByText("There is no such sensor.").waitFor();
  await context.close();
});
