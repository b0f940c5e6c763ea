// Dialogs, lists and forms keep what a person did: one layer at a time, rows and scroll, what was typed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage, WIDE } from "./support/browser.mjs";
import { FRIDGE, makeFleet, OPERATOR, OWNER, ROOMS } from "./support/fleet.mjs";
import { heading, panel, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

let program, browser, fleet;
const shelves = Array.from({ length: 150 }, (_, index) => ({
  serial: `282C04${index.toString(16).toUpperCase().padStart(6, "0")}`,
  name: `Shelf ${String(index + 1).padStart(3, "0")}`,
}));

before(async () => {
  program = await startProgram();
  browser = await launch();
  fleet = await makeFleet(browser, program);
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

const address = (page) => `/o/${fleet.organization}/${page}`;
const api = `/api/v1/organizations/`;
const row = (page, name) => page.getByRole("row", { name });
const rows = (page) => page.locator(".licenses tbody tr");
const said = (page, words) => page.locator(".said").filter({ hasText: words }).waitFor();
const owner = (options = {}) =>
  openPage(browser, program.url, { storageState: fleet.owner, ...options });

async function write(page, method, path, data) {
  const answer = await page.context().request.fetch(`${api}${fleet.organization}${path}`, {
    method,
    data,
  });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? null : answer.json();
}

test("Esc closes one layer, and a click beside a dialog keeps what was typed", async () => {
  const { page, context, faults } = await owner();
  await page.goto(address(`licenses?sensor=${FRIDGE}`));
  const escapes = [
    ["Assign a license", null],
    ["Take back the running license", null],
    ["Replace", "Serial of the new sensor"],
    ["Remove", null],
  ];
  for (const [button, field] of escapes) {
    await press(panel(page), button);
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    if (field) await dialog.getByLabel(field).fill("28");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await panel(page).count(), 1, `${button}: the panel stays`);
  }
  await panel(page).focus();
  await page.keyboard.press("Escape");
  await panel(page).waitFor({ state: "detached" });

  await press(page, "Add sensor");
  const dialog = page.getByRole("dialog", { name: "Add sensor" });
  await dialog.waitFor();
  await page.mouse.click(4, 4); // nothing was typed
  await dialog.waitFor({ state: "detached" });
  await press(page, "Add sensor");
  await dialog.getByLabel("Name").fill("Cold room");
  await page.mouse.click(4, 4);
  await page.mouse.click(WIDE.width - 4, WIDE.height - 4);
  assert.equal(await dialog.getByLabel("Name").inputValue(), "Cold room");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await press(page, "Add sensor");
  assert.equal(await dialog.getByLabel("Name").inputValue(), "", "dismissed is forgotten");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a new sensor says which license it takes, and lets one choose the key", async () => {
  const { page, context, faults } = await owner();
  await page.goto(address("licenses"));
  await press(page, "Add sensor");
  const dialog = page.getByRole("dialog", { name: "Add sensor" });
  await dialog.getByText("Takes one of the").waitFor();
  await dialog.getByLabel("Serial").fill("28:2c:02:00:00:01");
  await dialog.getByText(/Takes a license of 2 years from the key .*, until \d+ \w+ \d{4}\. 203 licenses/).waitFor();
  await dialog.getByLabel("Key").selectOption(fleet.keys.short);
  await dialog.getByText(/Takes a license of 45 days from the key/).waitFor();
  await dialog.getByLabel("Serial").fill(FRIDGE);
  await dialog.locator(".field-error").waitFor();
  await dialog.getByLabel("Serial").fill("282C02000001");
  await dialog.getByText(/Takes a license of 45 days from the key/).waitFor();
  await press(dialog, "Add sensor");
  await said(page, "282C02000001 added, active until");
  const { items } = await write(page, "GET", "/license-manager?q=282C02000001");
  assert.equal(items[0].key, fleet.keys.short);
  await press(page, "Add sensor");
  await write(page, "DELETE", "/sensors/282C02000001");
  await dialog.getByLabel("Serial").fill("282C02000001");
  await dialog.getByText(/It still has a license until .*: it takes none from the pool\./).waitFor();
  await page.keyboard.press("Escape");

  await page.goto(address(`licenses?sensor=${FRIDGE}`));
  await press(panel(page), "Replace");
  await page.getByRole("dialog").getByText(/takes no license from the pool/).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("switching auto renewal says what it takes before, and can be undone", async () => {
  const { page, context, faults } = await owner();
  await page.goto(address("licenses"));
  const { items, licenses_left: before } = await write(page, "GET", `/license-manager?q=${ROOMS[2]}`);
  await write(page, "DELETE", `/licenses/${items[0].license_id}`);
  const places = [
    [address("licenses?state=unlicensed"), () => row(page, /Room 3/)],
    [address(`licenses?q=${FRIDGE}&sensor=${ROOMS[2]}`), () => panel(page)],
    [address(`sensors/${ROOMS[2]}`), () => page.locator(".page-head")],
  ];
  for (const [at, place] of places) {
    await page.goto(at);
    const renewal = place().getByRole("switch", { name: "Auto renewal of Room 3" });
    await renewal.click();
    const dialog = page.getByRole("dialog", { name: "Switch auto renewal on" });
    await dialog
      .getByText(/Room 3 has no license now\. It takes a license of 2 years from the key .*, until \d+ \w+ \d{4}/)
      .waitFor();
    await dialog.getByText(`${before} licenses will be left in the pool.`).waitFor();
    const there = page.url();
    await dialog.getByText("will be left in the pool").click();
    assert.equal(page.url(), there, "a click in the dialog opens no panel");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await renewal.isChecked(), false);
    assert.equal((await write(page, "GET", "/license-manager")).licenses_left, before + 1);
    await renewal.click();
    await press(dialog, "Take 1 license");
    await said(page, "Room 3: auto renewal is on, active until");
    assert.equal((await write(page, "GET", "/license-manager")).licenses_left, before);
    await press(page.locator(".said"), "Undo");
    await said(page, "Room 3: auto renewal is off, the license is back in the pool");
    const after = await write(page, "GET", `/license-manager?q=${ROOMS[2]}`);
    assert.equal(after.licenses_left, before + 1);
    assert.equal(after.items[0].state, "unlicensed");
    assert.equal(after.items[0].auto_renewal, false);
  }
  // Where it takes nothing, it acts at once.
  await page.goto(address(`licenses?sensor=${FRIDGE}`));
  const quiet = panel(page).getByRole("switch", { name: "Auto renewal of Vaccine fridge" });
  await quiet.click();
  await said(page, "Vaccine fridge: auto renewal is off");
  await quiet.click();
  await said(page, "Vaccine fridge: auto renewal is on");
  assert.deepEqual(faults, []);
  await context.close();
});

test("back, forward and a reload restore the rows, the scroll and the panel", async () => {
  const { page, context, faults } = await owner();
  await write(page, "POST", "/sensors/import", shelves);
  await page.goto(address("licenses?q=Shelf&sort=name"));
  await row(page, /Shelf 100/).waitFor();
  assert.equal(await rows(page).count(), 100);
  await press(page, "Show more");
  await row(page, /Shelf 150/).waitFor();
  await row(page, /Shelf 140/).scrollIntoViewIfNeeded();
  const scrolled = async () => {
    await page.waitForFunction(() => window.scrollY > 3000);
    return page.evaluate(() => scrollY);
  };
  const there = await scrolled();
  const restored = (what) =>
    page
      .waitForFunction((to) => Math.abs(window.scrollY - to) < 3, there)
      .catch(() => assert.fail(`${what}: the scroll is lost`));
  await page.goto(address("forecast"));
  await heading(page, "Forecast");
  await page.goBack();
  await row(page, /Shelf 150/).waitFor();
  await restored("back from another page");
  assert.equal(await rows(page).count(), 150);

  await row(page, /Shelf 140/).getByRole("link").click();
  await panel(page).getByRole("heading", { name: "Shelf 140" }).waitFor();
  await page.reload();
  await panel(page).getByRole("heading", { name: "Shelf 140" }).waitFor();
  await row(page, /Shelf 150/).waitFor();
  await panel(page).getByRole("link", { name: "Measurements" }).click();
  await page.waitForURL(/sensors\/282C04/);
  await page.goBack();
  await panel(page).getByRole("heading", { name: "Shelf 140" }).waitFor();
  await row(page, /Shelf 150/).waitFor();
  await page.goBack();
  await panel(page).waitFor({ state: "detached" });
  await row(page, /Shelf 150/).waitFor();
  await restored("back from the panel");
  await page.goForward();
  await panel(page).getByRole("heading", { name: "Shelf 140" }).waitFor();
  await row(page, /Shelf 150/).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("rows of later pages are fresh after a change of many sensors, and of another one", async () => {
  const { page, context, faults } = await owner();
  await page.goto(address("licenses?q=Shelf&sort=name"));
  await row(page, /Shelf 100/).waitFor();
  await press(page, "Show more");
  for (const name of ["Shelf 001", "Shelf 149"]) await page.getByLabel(`Select ${name}`).check();
  await press(page, "Assign licenses");
  const dialog = page.getByRole("dialog");
  await press(dialog, "Assign 2 licenses");
  await row(page, /Shelf 001.*then queued until/).waitFor();
  await row(page, /Shelf 149.*then queued until/).waitFor();
  await press(page.locator(".said"), "Undo");
  await row(page, /Shelf 149.*then renews from the pool|Shelf 149.*then stops/).waitFor();
  await row(page, /Shelf 001.*then renews from the pool|Shelf 001.*then stops/).waitFor();
  // The key of all: another sensor takes from it, and each row says so.
  const assigned = async (name) => (await row(page, name).locator(".key").innerText()).match(/\((\d+)\)/)[1];
  const before = Number(await assigned(/Shelf 149/));
  await row(page, /Shelf 002/).getByRole("button", { name: "Assign a license to Shelf 002" }).click();
  await page.getByRole("dialog").getByLabel("Key").selectOption(fleet.keys.long);
  await press(page.getByRole("dialog"), "Assign");
  await said(page, "Shelf 002: queued until");
  await row(page, /Shelf 149/).locator(".key").filter({ hasText: `(${before + 1})` }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("an import says which licenses it takes, and a missing one does not lose the list", async () => {
  const { page, context, faults } = await owner();
  await page.goto(address("import"));
  const list = page.getByLabel("Or paste rows");
  await list.fill("serial,name\n282C05000001,First\n282C05000002,Second");
  await press(page, "Check 2 rows");
  await page
    .getByRole("listitem")
    .filter({ hasText: /^takes 2 licenses of 2 years from the key .*, until \d+ \w+ \d{4}$/ })
    .waitFor();
  const many = Array.from({ length: 80 }, (_, index) => `282C06${String(index).padStart(6, "0")},x`);
  await list.fill(`serial,name\n${many.join("\n")}`);
  await press(page, "Check 80 rows");
  await press(page, "Add an activation code");
  const dialog = page.getByRole("dialog", { name: "Add activation code" });
  await dialog.getByRole("textbox").fill(await program.issueCode(60, "P1Y"));
  await press(dialog, "Add 60 licenses");
  await page.getByRole("button", { name: "Import 80 sensors" }).waitFor();
  await page.getByRole("listitem").filter({ hasText: /licenses of 1 year from the key/ }).waitFor();
  await page.getByRole("link", { name: "License Manager" }).first().click();
  await heading(page, "License Manager");
  await page.goBack();
  assert.match(await list.inputValue(), /282C06000079/, "the way out and back keeps the list");
  assert.deepEqual(faults, []);
  await context.close();
});

test("settings that were not saved are kept, and can be discarded", async () => {
  const { page, context, faults } = await owner();
  await page.goto(address("settings"));
  await page.getByLabel("Name").fill("Another name");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Members" }).click();
  await heading(page, "Members");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Settings" }).click();
  assert.equal(await page.getByLabel("Name").inputValue(), "Another name");
  await press(page, "Discard the changes");
  assert.equal(await page.getByLabel("Name").inputValue(), "Example pharmacy");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a session that ends in a dialog is taken up again in place", async () => {
  const { page, context, faults } = await openPage(browser, program.url);
  await page.request.post("/api/v1/session", { data: OWNER });
  await page.goto(address("licenses?q=Room"));
  await row(page, /Room 1/).waitFor();
  await press(page, "Add sensor");
  const dialog = page.getByRole("dialog", { name: "Add sensor" });
  await dialog.getByLabel("Name").fill("Kept");
  await page.request.delete("/api/v1/session");
  await dialog.getByLabel("Serial").fill("282C07000001");
  const again = page.getByRole("dialog", { name: "Sign in again" });
  await again.waitFor();
  assert.equal(await again.getByLabel("E-mail").inputValue(), OWNER.email);
  await again.getByLabel("Password").fill("not the right one");
  await press(again, "Sign in");
  await again.getByRole("alert").waitFor();
  await page.keyboard.press("Escape"); // one layer
  await again.waitFor({ state: "detached" });
  assert.equal(await dialog.getByLabel("Name").inputValue(), "Kept");
  await press(dialog, "Add sensor");
  await again.getByLabel("Password").fill(OWNER.password);
  await press(again, "Sign in");
  await said(page, "Kept added, active until");
  assert.match(page.url(), /licenses\?q=Room/);

  // A read and an upload go on, too.
  await page.goto(address("import"));
  await page.getByLabel("Or paste rows").fill("282C08000001,Sent");
  await page.getByRole("button", { name: "Check 1 row" }).waitFor();
  await page.request.delete("/api/v1/session");
  await press(page, "Check 1 row");
  await again.getByLabel("Password").fill(OWNER.password);
  await press(again, "Sign in");
  await page.getByRole("button", { name: "Import 1 sensor" }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("another user who signs in over a page gets nothing of the first one", async () => {
  const { page, context, faults } = await openPage(browser, program.url);
  await page.request.post("/api/v1/session", { data: OWNER });
  await page.goto(address("licenses"));
  await press(page, "Add sensor");
  const dialog = page.getByRole("dialog", { name: "Add sensor" });
  await dialog.getByLabel("Name").fill("Secret");
  await page.request.delete("/api/v1/session");
  await dialog.getByLabel("Serial").fill("282C09000001");
  const again = page.getByRole("dialog", { name: "Sign in again" });
  await again.getByLabel("E-mail").fill(OPERATOR.email);
  await again.getByLabel("Password").fill(OPERATOR.password);
  await press(again, "Sign in");
  await heading(page, "Issued codes");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.doesNotMatch(await page.locator("body").innerText(), /Secret/);
  assert.deepEqual(faults, []);
  await context.close();
  const first = await owner();
  const { items } = await write(first.page, "GET", "/license-manager?q=282C09000001");
  assert.deepEqual(items, []);
  await first.context.close();
});

test("the parts of the strip add up, and a row in 30 days is one that ends soon", async () => {
  const { page, context, faults } = await owner();
  const code = await program.issueCode(4, "P30D");
  const { key } = await write(page, "POST", "/activation-codes", { code });
  await write(page, "POST", "/sensors", { serial: "282C0A000001", name: "Thirty", key });
  const { counts } = await write(page, "GET", "/license-manager?limit=1");
  await page.goto(address("licenses?state=expiring"));
  await row(page, /Thirty.*in 30 days/).locator(".sign-soon").waitFor();
  const strip = page.locator(".summary-words");
  const sizes = (await strip.innerText()).match(/\d+(?= (active|ends? within|expired|never))/g);
  assert.equal(
    sizes.reduce((sum, size) => sum + Number(size), 0),
    counts.active + counts.expired + counts.unlicensed,
  );
  await strip.getByText(`${counts.active - counts.expiring} active`).waitFor();
  // The other spans count days in the same way: 45 days after today is inside of 60, and so is day 60.
  const sixty = await program.issueCode(2, "P60D");
  const made = await write(page, "POST", "/activation-codes", { code: sixty });
  await write(page, "POST", "/sensors", { serial: "282C0A000002", name: "Sixty", key: made.key });
  await page.goto(address("licenses?within=60"));
  await row(page, /Sixty.*in 60 days/).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("an operator binds a code to an organization and sees who redeemed one", async () => {
  const { page, context, faults } = await openPage(browser, program.url, {
    storageState: fleet.operator,
  });
  await page.request.post("/api/v1/session", { data: OPERATOR });
  await page.goto("/operator");
  await row(page, /order long.*Redeemed.*Example pharmacy/).waitFor();
  await page.getByRole("combobox", { name: "Organization" }).fill("PHARM");
  await page.getByRole("option", { name: /Example pharmacy/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByPlaceholder("Order number").fill("PO-Köln 12");
  await press(page, "Issue code");
  await page.getByText("2 years for Example pharmacy. The code").waitFor();
  await page.getByRole("searchbox").fill("koln");
  await row(page, /order long/).waitFor({ state: "detached" });
  await row(page, /PO-Köln 12.*not yet, only by Example pharmacy/).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

for (const [words, viewport] of [
  ["wide", WIDE],
  ["narrow", NARROW],
])
  for (const colorScheme of ["light", "dark"])
    test(`what opens is accessible: ${words}, ${colorScheme}`, async () => {
      const options = { viewport, colorScheme, bypassCSP: true };
      const { page, context } = await owner(options);
      const look = async (what) => {
        await assertFit(page, what);
        if (process.env.TENURE_LOOKS)
          await page.screenshot({
            path: `${process.env.TENURE_LOOKS}/${what.replace(/\W+/g, "_")}-${words}-${colorScheme}.png`,
          });
      };
      await page.goto(address("licenses?state=unlicensed"));
      await page.getByRole("switch", { name: "Auto renewal of Room 3" }).click();
      await page.getByRole("dialog", { name: "Switch auto renewal on" }).waitFor();
      await look("auto renewal");
      await page.goto(address("licenses?q=Room"));
      await press(page, "Add sensor");
      const dialog = page.getByRole("dialog", { name: "Add sensor" });
      await dialog.getByLabel("Serial").fill("282C0B000001");
      await dialog.getByText(/Takes a license of/).waitFor();
      await look("add sensor");
      await page.keyboard.press("Escape");
      await page.goto(address("import"));
      await page.getByLabel("Or paste rows").fill("282C0B000002,One");
      await press(page, "Check 1 row");
      await page.getByText(/license of 2 years from the key/).waitFor();
      await look("import");
      await page.goto(address("settings"));
      await page.getByLabel("Name").fill("Other");
      await page.getByRole("button", { name: "Discard the changes" }).waitFor();
      await look("settings");
      await page.goto(address("licenses?q=Room"));
      await row(page, /Room 1/).waitFor();
      await context.clearCookies();
      await press(page, "Add activation code");
      await page.getByRole("textbox", { name: "Activation code" }).fill(fleet.later);
      await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
      await look("sign in again");
      await context.close();
      const operator = await openPage(browser, program.url, {
        ...options,
        storageState: fleet.operator,
      });
      await operator.page.goto("/operator");
      await operator.page.getByRole("combobox", { name: "Organization" }).click();
      await operator.page.getByRole("option", { name: /Example pharmacy/ }).waitFor();
      await assertFit(operator.page, "issued codes");
      if (process.env.TENURE_LOOKS)
        await operator.page.screenshot({
          path: `${process.env.TENURE_LOOKS}/operator-${words}-${colorScheme}.png`,
        });
      await operator.context.close();
    });
