// Pages read their data again while they are seen, and lose nothing by it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "./support/browser.mjs";
import { FRIDGE, makeFleet, OWNER, ROOMS } from "./support/fleet.mjs";
import { heading, panel } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

const HALF_MINUTE = 30_000;

let program, browser, fleet, api;

before(async () => {
  program = await startProgram();
  browser = await launch();
  fleet = await makeFleet(browser, program);
  const context = await browser.newContext({ baseURL: program.url, storageState: fleet.owner });
  api = (method, path, data) =>
    context.request.fetch(`/api/v1/organizations/${fleet.organization}${path}`, { method, data });
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

const address = (rest) => `/o/${fleet.organization}/${rest}`;

/** A page whose clock the test moves; `asked` collects the paths of its requests. */
async function open(to, { storageState = fleet.owner, ...options } = {}) {
  const opened = await openPage(browser, program.url, { storageState, ...options });
  const asked = [];
  opened.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked.push(`${request.method()} ${pathname}`);
  });
  await opened.page.clock.install();
  await opened.page.goto(to);
  return { ...opened, asked };
}

const hide = (page, hidden) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

async function eventually(look, what) {
  for (let turn = 0; turn < 600; turn++) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(what);
}

test("every page with data reads them again within half a minute", async () => {
  const sign = (await (await api("POST", "/webhooks", {
    url: "https://example.com/hook",
    events: ["pool.low"],
  })).json()).id;
  const at = `/organizations/${fleet.organization}`;
  const pages = [
    [address("licenses"), "License Manager", [`${at}/license-manager`, `${at}/forecast`]],
    [address(`licenses?sensor=${FRIDGE}`), "Vaccine fridge", [`${at}/sensors/${FRIDGE}`, `${at}/sensors/${FRIDGE}/licenses`]],
    [address("sensors"), "Sensors", [`${at}/sensors`]],
    [address(`sensors/${FRIDGE}`), "Vaccine fridge", [`${at}/sensors/${FRIDGE}`, `${at}/sensors/${FRIDGE}/licenses`, `${at}/alerts`]],
    [address("alerts"), "Alerts", [`${at}/alerts`]],
    [address("alarms"), "Alarm rules", [`${at}/alarm-rules`]],
    [address("forecast"), "Forecast", [`${at}/forecast`]],
    [address("notifications"), "Notification Manager", [`${at}/notices`, `${at}/notifications/license-expiration`]],
    [address(`webhooks?webhook=${sign}`), "Deliveries", [`${at}/webhooks`, `${at}/webhooks/${sign}/deliveries`]],
    [address("members"), "Members", [`${at}/members`]],
    [address("audit-log"), "Audit log", [`${at}/audit-log`]],
    ["/operator", "Issued codes", ["/operator/activation-codes"]],
    ["/operator/organizations", "Organizations", ["/operator/organizations"]],
  ];
  for (const [to, words, paths] of pages) {
    const storageState = to.startsWith("/operator") ? fleet.operator : fleet.owner;
    const { page, context, faults, asked } = await open(to, { storageState });
    await heading(page, words);
    await page.waitForLoadState("networkidle");
    asked.length = 0;
    await page.clock.fastForward(HALF_MINUTE);
    for (const path of paths)
      await eventually(() => asked.includes(`GET /api/v1${path}`), `${to} does not read ${path} again`);
    for (const one of new Set(asked))
      assert.ok(asked.filter((other) => other === one).length <= 2, `${to} reads ${one} more than once`);
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test("a page that is not seen asks nothing, and asks as soon as it is seen", async () => {
  const { page, context, asked } = await open(address("sensors"));
  await page.getByText("Vaccine fridge").waitFor();
  await page.waitForLoadState("networkidle");
  await hide(page, true);
  asked.length = 0;
  for (let turn = 0; turn < 10; turn++) await page.clock.fastForward(HALF_MINUTE);
  assert.deepEqual(asked, []);
  await api("PATCH", `/sensors/${ROOMS[2]}`, { name: "Room of the night" });
  await hide(page, false);
  await page.getByText("Room of the night").waitFor();
  await page.evaluate(() => {
    for (const name of ["focus", "pageshow", "focus"]) dispatchEvent(new Event(name));
  });
  await page.waitForLoadState("networkidle");
  assert.equal(asked.filter((one) => one.endsWith("/sensors")).length, 1, "one reading, not a storm");
  await context.close();
});

test("a change by somebody else appears, and text, focus, selection, scroll and panel stay", async () => {
  const { page, context, faults } = await open(address(`licenses?sensor=${ROOMS[1]}`), {
    viewport: { width: 1280, height: 420 },
  });
  await panel(page).getByRole("heading", { name: "Room 2" }).waitFor();
  await page.getByLabel("Select Room 1").check();
  await panel(page).getByRole("button", { name: "Rename" }).click();
  await page.keyboard.type("Half a na");
  const box = panel(page).getByRole("textbox");
  await page.evaluate(() => scrollTo(0, 180));
  const scrolled = await page.evaluate(() => scrollY);
  assert.ok(scrolled > 0);
  await api("PATCH", `/sensors/${FRIDGE}`, { name: "Another fridge" });
  await page.clock.fastForward(HALF_MINUTE);
  await page.getByRole("link", { name: "Another fridge" }).waitFor();
  assert.equal(await box.inputValue(), "Half a na");
  assert.equal(await box.evaluate((one) => one === document.activeElement), true);
  assert.equal(await page.getByLabel("Select Room 1").isChecked(), true);
  assert.equal(await page.evaluate(() => scrollY), scrolled);
  assert.deepEqual(faults, []);
  await context.close();
  await api("PATCH", `/sensors/${FRIDGE}`, { name: "Vaccine fridge" });
});

test("a list keeps the pages that were shown, and the focus of a row that moves", async () => {
  for (let turn = 0; turn < 55; turn++)
    assert.equal((await api("PATCH", `/sensors/${FRIDGE}`, { name: `Fridge ${turn}` })).status(), 200);
  for (let turn = 0; turn < 55; turn++) await api("PATCH", `/sensors/${FRIDGE}`, { name: `Cooler ${turn}` });
  const { page, context, faults } = await open(address("audit-log"));
  const rows = page.locator(".audit tbody tr");
  await rows.nth(99).waitFor();
  await page.getByRole("button", { name: "Show more" }).click();
  await rows.nth(110).waitFor();
  const many = await rows.count();
  await rows.nth(105).getByRole("link").focus();
  await api("PATCH", `/sensors/${FRIDGE}`, { name: "Vaccine fridge" });
  await page.clock.fastForward(HALF_MINUTE);
  await rows.first().getByText("Vaccine fridge").waitFor();
  await eventually(async () => (await rows.count()) >= many, "the rows of the second page are gone");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "A", "the focus stays");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a server that is gone is said, and the note goes when it is back", async () => {
  const { page, context } = await open(address("sensors"));
  await page.getByText("Vaccine fridge").waitFor();
  await page.waitForLoadState("networkidle");
  const note = page.locator(".stale[aria-live=polite]");
  for (const gone of [(route) => route.abort(), (route) => route.fulfill({ status: 502, body: "bad gateway" })]) {
    await page.route("**/api/**", gone);
    await page.clock.fastForward(HALF_MINUTE);
    await note.getByText(/The server cannot be reached\. The last answer came at \d\d:\d\d/).waitFor();
    assert.equal(await page.getByText("Vaccine fridge").count(), 1, "the last answer stays");
    assert.equal(await page.getByRole("alert").count(), 0, "and is enough");
    await page.unroute("**/api/**");
    await page.clock.fastForward(HALF_MINUTE);
    await eventually(async () => (await note.innerText()) === "", "the note stays");
  }
  await context.close();
});

test("a session that ends under a page that reads by itself is taken up again in place", async () => {
  const { page, context } = await openPage(browser, program.url);
  await page.request.post("/api/v1/session", { data: OWNER });
  await page.clock.install();
  await page.goto(address("sensors"));
  await page.getByText("Vaccine fridge").waitFor();
  await page.request.delete("/api/v1/session");
  await page.clock.fastForward(HALF_MINUTE);
  const again = page.getByRole("dialog", { name: "Sign in again" });
  await again.getByLabel("Password").fill(OWNER.password);
  for (let turn = 0; turn < 3; turn++) {
    const asked = page.waitForResponse((response) => response.status() === 401);
    await page.clock.fastForward(HALF_MINUTE);
    await asked;
  }
  assert.equal(await page.locator(".stale[aria-live=polite]").innerText(), "", "the server is not gone");
  assert.equal(await page.getByText("Vaccine fridge").count(), 1);
  await again.getByRole("button", { name: "Sign in", exact: true }).click();
  await again.waitFor({ state: "detached" });
  await page.clock.fastForward(HALF_MINUTE);
  await page.getByText("Vaccine fridge").waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await context.close();
});

test("a page opened while the server is gone loads when it is back", async () => {
  const { page, context } = await openPage(browser, program.url, { storageState: fleet.owner });
  await page.clock.install();
  await page.route("**/api/**", (route) => route.abort());
  await page.goto(address("sensors"));
  await heading(page, "Tenure cannot be reached");
  await page.unroute("**/api/**");
  await page.clock.fastForward(HALF_MINUTE);
  await page.getByText("Vaccine fridge").waitFor();
  await context.close();
});

test("what was just now is a minute ago after a minute, also when nothing answers", async () => {
  const seen = new Date(Date.now() - 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const { page, context } = await openPage(browser, program.url, { storageState: fleet.owner });
  await page.clock.install();
  await page.route(/\/api\/v1\/.*\/sensors$/, async (route) => {
    const list = await (await route.fetch()).json();
    list.items.forEach((item) => Object.assign(item, { last_seen_at: seen }));
    await route.fulfill({ json: list });
  });
  await page.goto(address("sensors"));
  await page.getByText("just now").first().waitFor();
  await page.route("**/api/**", (route) => route.abort());
  await page.clock.fastForward(65_000);
  await page.getByText("1 minute ago").first().waitFor();
  await page.clock.fastForward(3 * 3_600_000);
  await page.getByText("3 hours ago").first().waitFor();
  assert.equal(await page.getByText("just now").count(), 0);
  await context.close();
});

test("a page asks for its data at once, not after the session", async () => {
  const at = `/api/v1/organizations/${fleet.organization}`;
  for (const [rest, paths] of [
    ["licenses", [at, `${at}/license-manager`, `${at}/forecast`]],
    ["sensors", [at, `${at}/sensors`]],
    ["alerts", [at, `${at}/alerts`]],
    ["forecast", [at, `${at}/forecast`]],
    ["audit-log", [at, `${at}/audit-log`]],
    ["webhooks", [at, `${at}/webhooks`]],
    ["members", [at, `${at}/members`]],
    ["notifications", [at, `${at}/notices`]],
    ["alarms", [at, `${at}/alarm-rules`]],
    [`sensors/${FRIDGE}`, [at, `${at}/sensors/${FRIDGE}`]],
  ]) {
    const { page, context, faults } = await openPage(browser, program.url, { storageState: fleet.owner });
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await page.route("**/api/v1/session", async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(address(rest));
    for (const path of paths)
      await eventually(() => asked.includes(path), `${rest} asks for ${path} only after the session`);
    answer();
    await page.locator("h1").waitFor();
    await page.waitForLoadState("networkidle");
    for (const path of paths.filter((one) => !one.endsWith("/alerts")))
      assert.equal(asked.filter((one) => one === path).length, 1, `${rest} asks for ${path} twice`);
    assert.deepEqual(faults, []);
    await context.close();
  }
});
