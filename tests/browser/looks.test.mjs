// What holds for all pages: titles, deep links, paper, large letters; and small things that were askew.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, NARROW, openPage } from "./support/browser.mjs";
import { FRIDGE, makeFleet } from "./support/fleet.mjs";
import { heading, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

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

const address = (rest) => `/o/${fleet.organization}/${rest}`;
const PAGES = {
  licenses: "License Manager",
  forecast: "Forecast",
  import: "Import sensors",
  sensors: "Sensors",
  [`sensors/${FRIDGE}`]: "Vaccine fridge",
  alerts: "Alerts",
  alarms: "Alarm rules",
  notifications: "Notification Manager",
  webhooks: "Webhooks",
  members: "Members",
  settings: "Settings",
  "audit-log": "Audit log",
};
const asOwner = (options) => openPage(browser, program.url, { storageState: fleet.owner, ...options });
const display = (page, what) =>
  page.locator(what).first().evaluate((element) => getComputedStyle(element).display);

test("every page has one heading, a title and an address of its own", async () => {
  const { page, context, faults } = await asOwner();
  for (const [rest, words] of Object.entries(PAGES)) {
    await page.goto(address(rest));
    await heading(page, words);
    await page.waitForFunction((title) => document.title.startsWith(title), words);
    assert.equal(await page.title(), `${words} · Tenure`);
    assert.equal(await page.locator("h1").count(), 1, rest);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("on paper the License Manager is a table in ink, without what can only be pressed", async () => {
  const { page, context } = await asOwner({ colorScheme: "dark", viewport: { width: 718, height: 1000 } });
  await page.goto(address("licenses"));
  await page.locator(".licenses tbody tr").first().waitFor();
  assert.equal(await display(page, ".licenses tbody tr"), "flex", "a card on a screen so narrow");
  await page.emulateMedia({ media: "print" });
  assert.equal(await display(page, ".licenses tbody tr"), "table-row");
  for (const what of [".side", ".filters", ".page-actions", ".cell-assign", ".cell-tick"])
    assert.equal(await display(page, what), "none", what);
  const ink = await page.locator("h1").evaluate((element) => getComputedStyle(element).color);
  assert.equal(ink, "rgb(22, 29, 29)", "dark ink, also of a dark screen");
  const state = page.locator(".switch-state").first();
  assert.equal(await state.isVisible(), true, "whether it renews by itself");
  await context.close();
});

test("with letters of twice the size nothing scrolls sideways and lines do not overlap", async () => {
  const large = await launch({ letters: 32 });
  try {
    for (const viewport of [{ width: 1280, height: 900 }, { width: 640, height: 900 }, NARROW]) {
      const { page, context } = await openPage(large, program.url, { storageState: fleet.owner, viewport });
      for (const rest of ["licenses", "sensors", "alerts", "notifications", "members", "audit-log"]) {
        await page.goto(address(rest));
        await heading(page, PAGES[rest]);
        const { scroll, shown, line, size } = await page.evaluate(() => {
          const style = getComputedStyle(document.querySelector("h1"));
          const { scrollWidth: scroll, clientWidth: shown } = document.documentElement;
          return { scroll, shown, line: parseFloat(style.lineHeight), size: parseFloat(style.fontSize) };
        });
        assert.ok(scroll <= shown, `${rest} scrolls sideways: ${scroll} px in ${shown}`);
        const fields = page.locator(".audit-filters :is(input, select)");
        for (const { height } of await fields.evaluateAll((all) => all.map((one) => one.getBoundingClientRect())))
          assert.ok(height >= 2.5 * 32, `a field of ${height} px cuts its letters`);
        const bar = await page.locator(".entries .only-narrow").boundingBox();
        assert.ok(bar.x + bar.width <= viewport.width, `the bar ends at ${bar.x + bar.width}`);
        assert.ok(line > size, `lines of ${line} px for letters of ${size} px`);
      }
      await context.close();
    }
  } finally {
    await large.close();
  }
});

test("the forecast's plot follows the width of the page", async () => {
  const { page, context } = await asOwner();
  await page.goto(address("forecast"));
  await page.locator(".plot canvas").waitFor();
  await page.setViewportSize(NARROW);
  await page.waitForFunction(
    () => document.querySelector(".plot .uplot").getBoundingClientRect().right <= innerWidth,
  );
  await context.close();
});

test("on a narrow screen a state's symbol stands beside its words", async () => {
  const { page, context } = await asOwner({ viewport: NARROW });
  await page.goto(address("import"));
  await page.getByLabel("Or paste rows").fill("282C02000077\n28");
  await press(page, "Check 2 rows");
  const sign = page.locator(".import-rows .sign").first();
  await sign.waitFor();
  const gap = await sign.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element.lastElementChild);
    const [first] = range.getClientRects();
    return first.left - element.firstElementChild.getBoundingClientRect().right;
  });
  assert.ok(gap <= 8, `${gap} px apart`);
  await context.close();
});

test("the audit log says what happened to alarm rules in words", async () => {
  const { page, context } = await asOwner();
  const rules = `/api/v1/organizations/${fleet.organization}/alarm-rules`;
  await context.request.post(rules, { data: { all: true, condition: "lost_connection", for: "30m" } });
  await page.goto(address("audit-log?action=alarm_rule.add"));
  await page.getByRole("rowheader", { name: "Alarm rule added" }).waitFor();
  await page.getByText("lost connection").waitFor();
  assert.equal(await page.getByText("alarm_rule").count(), 0);
  await context.close();
});

test("names of 100 letters without a space widen no page and no panel", async () => {
  const { page, context } = await asOwner();
  const at = `/api/v1/organizations/${fleet.organization}`;
  const serials = ["282C0242AA01", "282C0242AA02"];
  for (const serial of serials)
    await context.request.post(`${at}/sensors`, { data: { serial, name: "Vaccinefridge".repeat(8).slice(0, 100) } });
  await context.request.patch(`${at}/sensors/${serials[0]}`, { data: { auto_renewal: true } });
  const rule = { serial: serials[0], channel_type: "temperature", condition: "above", threshold: 8 };
  await context.request.post(`${at}/alarm-rules`, { data: rule });
  const panelOf = `licenses?sensor=${serials[0]}`;
  for (const viewport of [{ width: 1280, height: 900 }, { width: 800, height: 900 }, NARROW]) {
    await page.setViewportSize(viewport);
    for (const rest of ["licenses", panelOf, "sensors", `sensors/${serials[0]}`, "alarms", "forecast"]) {
      await page.goto(address(rest));
      await page.getByText("VaccinefridgeVaccine").first().waitFor();
      const { scroll, shown, past } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        shown: document.documentElement.clientWidth,
        past: [...document.querySelectorAll("h1, h2, .table a, .panel p")].filter(
          (one) => one.getBoundingClientRect().right > innerWidth,
        ).length,
      }));
      assert.ok(scroll <= shown, `${rest} scrolls sideways: ${scroll} px in ${shown}`);
      assert.equal(past, 0, `${rest} is cut off at ${viewport.width} px`);
    }
  }
  await context.close();
});
