// The whole life of licenses on the pages: imported, assigned, queued, reordered, taken back, foreseen, revoked, audited.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, openPage } from "./support/browser.mjs";
import { FRIDGE, makeFleet, ROOMS } from "./support/fleet.mjs";
import { lookClosely } from "./support/license_looks.mjs";
import { heading, panel, press } from "./support/page.mjs";
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
const said = (page, words) => page.locator(".said").filter({ hasText: words }).waitFor();
const left = (page, number) =>
  page.locator(".summary-number", { hasText: new RegExp(`^${number}$`) }).waitFor();
const row = (page, name) => page.getByRole("row", { name });
const waiting = (page) => panel(page).getByRole("list", { name: "Waiting licenses" });
const terms = async (page) =>
  (await waiting(page).getByRole("listitem").allInnerTexts()).map(
    (text) => /\d+ (years?|days)/.exec(text)[0],
  );
/** Waits for this order of the queue: moves are shown immediately, and their dates after the answer. */
async function queueReads(page, wanted) {
  for (let turn = 0; ; turn++) {
    const now = await terms(page);
    const dated = !(await waiting(page).innerText()).includes("when the license before it ends");
    if (dated && now.join() === wanted.join()) return;
    assert.ok(turn < 100, `the queue reads ${now}, not ${wanted}`);
    await page.waitForTimeout(50);
  }
}

async function undo(page, words) {
  await press(page.locator(".said"), "Undo");
  await said(page, words);
}

/** Serials 282C03000000 and on. */
const list = (rows) =>
  `serial,name\n${Array.from({ length: rows }, (_, index) => `282C03${index.toString(16).toUpperCase().padStart(6, "0")},"Shelf ${index + 1}, hall A"`).join("\n")}\n`;

test("the whole life of licenses", async (t) => {
  const { page, context, faults } = await openPage(browser, program.url, {
    storageState: fleet.owner,
    acceptDownloads: true,
  });

  await t.test("a pasted list with bad rows is refused, row by row, and kept", async () => {
    await page.goto(address("licenses"));
    await left(page, 204);
    await page.getByRole("link", { name: "Import sensors" }).click();
    await heading(page, "Import sensors");
    await page
      .getByLabel("Or paste rows")
      .fill(`Serial;Name\n282C0200000A;Freezer\n28;Too short\n${FRIDGE};Again`);
    await press(page, "Check 3 rows");
    await page.getByText("2 rows are refused, so nothing is imported").waitFor();
    const rows = await page.locator(".import-rows tbody tr").allInnerTexts();
    assert.match(rows[0], /^3\b/, "what is wrong comes first");
    assert.match(rows[1], /^4\b.*282C02424EED.*Again/s);
    assert.match(rows[2], /^2\b.*Freezer/s);
    assert.match(await page.getByLabel("Or paste rows").inputValue(), /Too short/);
    await page.getByLabel("Or paste rows").fill("282C0200000A\tFreezer");
    await press(page, "Check 1 row");
    await press(page, "Import 1 sensor");
    await heading(page, "1 sensor imported");
  });

  await t.test("a file of 120 sensors is checked at once and imported", async () => {
    await press(page, "Import another list");
    await page.locator('input[type="file"]').setInputFiles({
      name: "fleet.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(list(120)),
    });
    await page.getByText("120 new sensors.").waitFor();
    await page.getByText("83 licenses will be left.").waitFor();
    const button = await page.getByRole("button", { name: "Import 120 sensors" }).boundingBox();
    assert.ok(button.y + button.height < 900, "the button stands before the rows");
    await press(page, "Import 120 sensors");
    await heading(page, "120 sensors imported");
    await page.getByRole("main").getByRole("link", { name: "Go to the License Manager" }).click();
    await left(page, 83);
  });

  await t.test("the list is filtered by when licenses end, and exported whole", async () => {
    const filter = (name) =>
      page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name });
    await filter("Ends within 60 days").click();
    await row(page, /Room 1/).waitFor();
    await row(page, /Shelf 1, hall A/).waitFor({ state: "detached" });
    assert.equal(await page.locator(".licenses tbody tr").count(), 3);
    await filter("Ends in 30 days").click();
    await heading(page, "No sensor ends within 30 days");
    await page.goBack();
    await row(page, /Room 1/).waitFor();
    await filter("All").click();
    await row(page, /Vaccine fridge|Shelf/)
      .first()
      .waitFor();
    const download = page.waitForEvent("download");
    await press(page, "Export CSV");
    const file = await download;
    assert.match(file.suggestedFilename(), /^licenses-\d{4}-\d\d-\d\d\.csv$/);
    const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
    assert.equal(lines.length, 1 + 125, "more than one page of the list");
    assert.match(lines[0], /^serial,name,state,/);
    assert.ok(lines.some((line) => line.startsWith('282C03000000,"Shelf 1, hall A",active,')));
    await said(page, "125 sensors exported");
  });

  await t.test("many sensors get licenses at once, after a look at what would happen", async () => {
    await page.goto(address("licenses?within=60"));
    await page.getByLabel("Select Room 1").check();
    await page.getByLabel("Select Room 2").check();
    await page.getByText("2 sensors selected").waitFor();
    await press(page, "Assign licenses");
    const dialog = page.getByRole("dialog", { name: "Assign licenses to 2 sensors" });
    await dialog.getByText("Takes 2 licenses; 81 will be left.").waitFor();
    await dialog.getByLabel("Licenses for each").fill("11");
    await dialog.getByText("A whole number from 1 to 10.").waitFor();
    await dialog.getByLabel("Licenses for each").fill("2");
    await dialog.getByText("Takes 4 licenses; 79 will be left.").waitFor();
    await dialog.getByRole("row", { name: /Room 1 queued/ }).waitFor();
    await dialog.getByLabel("Key").selectOption(fleet.keys.short);
    await dialog.getByText("Takes 4 licenses; 79 will be left.").waitFor();
    await dialog.getByLabel("Licenses for each").fill("3");
    await dialog.getByText("6 needed, 5 left: 1 too few.").waitFor();
    await dialog.getByLabel("Licenses for each").fill("1");
    await press(dialog, "Assign 2 licenses");
    await said(page, "2 licenses assigned to 2 sensors");
    await left(page, 81);
    await undo(page, "2 licenses are back in the pool");
    await left(page, 83);
  });

  await t.test("everything in a filter is more than what is shown", async () => {
    await page.goto(address("licenses?q=Shelf"));
    await page.getByLabel("Select all rows shown").check();
    await page.getByText("100 sensors selected").waitFor();
    await page.getByRole("button", { name: /^Select all sensors, found by “Shelf” instead/ }).click();
    await press(page, "Assign licenses");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("120 needed, 83 left: 37 too few.").waitFor();
    await page.keyboard.press("Escape");
    await press(page, "Clear selection");
  });

  await t.test("a row opens its panel; the address keeps it", async () => {
    await page.goto(address("licenses"));
    await page.getByRole("searchbox").fill("room");
    await page.getByRole("link", { name: "Room 1" }).click();
    await panel(page)
      .getByText(/After .* it renews from the pool/)
      .waitFor();
    await panel(page)
      .getByRole("img", { name: /Timeline of licenses: active/ })
      .waitFor();
    await page.reload();
    await panel(page).getByRole("heading", { name: "Room 1" }).waitFor();
    await page.keyboard.press("Tab");
    await panel(page).focus();
    await page.keyboard.press("Escape");
    await panel(page).waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement.textContent === "Room 1");
    await page.keyboard.press("Enter");
    await panel(page).waitFor();
  });

  await t.test("a queue is made, reordered by keys and by dragging, and put back", async () => {
    for (const key of ["long", "short", "long"]) {
      await press(panel(page), "Assign a license");
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Key").selectOption(fleet.keys[key]);
      await press(dialog, "Assign");
      await said(page, "Room 1: queued until");
    }
    await queueReads(page, ["2 years", "45 days", "2 years"]);
    await waiting(page)
      .getByRole("button", { name: /Move down: waiting license 1 of 3/ })
      .focus();
    await page.keyboard.press("Alt+ArrowDown");
    await said(page, "Room 1: queue reordered");
    await queueReads(page, ["45 days", "2 years", "2 years"]);
    await page.waitForFunction(() =>
      /Move down: waiting license 2 of 3/.test(document.activeElement.getAttribute("aria-label")),
    );
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("z");
    await said(page, "Room 1: the queue is in its old order again");
    await queueReads(page, ["2 years", "45 days", "2 years"]);

    const from = await waiting(page).locator(".grip").nth(1).boundingBox();
    const to = await waiting(page).getByRole("listitem").nth(2).boundingBox();
    await page.mouse.move(from.x + 12, from.y + 12);
    await page.mouse.down();
    await page.mouse.move(from.x + 12, to.y + to.height - 4, { steps: 8 });
    await page.mouse.up();
    await said(page, "Room 1: queue reordered");
    await queueReads(page, ["2 years", "2 years", "45 days"]);
  });

  await t.test("a waiting license is taken back, and given again where it was", async () => {
    await left(page, 80);
    await waiting(page)
      .getByRole("button", { name: /Take back: waiting license 1 of 3/ })
      .click();
    await said(page, "a license of 2 years is back in the pool");
    await queueReads(page, ["2 years", "45 days"]);
    await left(page, 81);
    await undo(page, "Room 1: queued until");
    await queueReads(page, ["2 years", "2 years", "45 days"]);
    await left(page, 80);
  });

  await t.test(
    "an unused running license is taken back only after a word on what follows",
    async () => {
      await page.goto(address(`licenses?sensor=${ROOMS[1]}`));
      await press(panel(page), "Take back the running license");
      const dialog = page.getByRole("dialog");
      await dialog.getByText(/Its auto renewal is switched off in the same step/).waitFor();
      await press(dialog, "Take back");
      await panel(page)
        .getByText(/has never had a license/)
        .waitFor();
      const renewal = panel(page).getByRole("switch", { name: "Auto renewal of Room 2" });
      assert.equal(await renewal.isChecked(), false);
      await undo(page, "Room 2: active until");
      await panel(page)
        .getByText(/After .* it renews from the pool/)
        .waitFor();
      assert.equal(await renewal.isChecked(), true);
    },
  );

  await t.test(
    "a sensor is renamed, paused, replaced and removed; each can be undone",
    async () => {
      const there = panel(page);
      const button = await there.getByRole("button", { name: "Rename", exact: true }).elementHandle();
      const focused = await button.evaluate(async (it) => {
        it.click();
        for (let turn = 0; turn < 5; turn++) await null; // no key comes between
        return document.activeElement.getAttribute("aria-label");
      });
      assert.equal(focused, "Name");
      await page.keyboard.type("Cellar");
      await page.keyboard.press("Enter");
      await there.getByRole("heading", { name: "Cellar" }).waitFor();
      await row(page, /Cellar/).waitFor();
      await undo(page, "Renamed back to Room 2");

      const pause = there.getByRole("switch", { name: "Pause alarms of Room 2" });
      await pause.click();
      await said(page, "Pause alarms of Room 2: on");
      await page.reload();
      await pause.waitFor();
      assert.equal(await pause.isChecked(), true);

      await press(there, "Replace");
      const dialog = page.getByRole("dialog", { name: "Replace the sensor" });
      await dialog.getByLabel("Serial of the new sensor").fill(FRIDGE);
      await dialog.locator(".field-error").waitFor();
      await dialog.getByLabel("Serial of the new sensor").fill("28:2c:02:00:00:ff");
      await dialog.getByText("282C020000FF can take its place.").waitFor();
      await page.keyboard.press("Enter");
      await said(page, "Room 2 now has the serial 282C020000FF");
      await page.waitForURL(/sensor=282C020000FF/);
      await there.getByText("282C020000FF").waitFor();
      await undo(page, `Room 2 has the serial ${ROOMS[1]} again`);
      await there.getByText(ROOMS[1]).waitFor();

      await press(there, "Assign a license");
      await press(page.getByRole("dialog"), "Assign");
      await said(page, "Room 2: queued until");
      await waiting(page).waitFor();
      await press(there, "Remove");
      const removal = page.getByRole("dialog", { name: "Remove the sensor" });
      await removal.getByText("1 waiting license goes back to the pool").waitFor();
      await removal.getByText(/the running license stays with the serial/).waitFor();
      await press(removal, "Remove");
      await said(page, "Room 2 removed");
      await row(page, /Room 2/).waitFor({ state: "detached" });
      await undo(page, "Room 2 is back");
      await row(page, /Room 2.*then queued until/).waitFor();
    },
  );

  await t.test("the forecast says when the pool is empty and what to buy", async () => {
    await page.goto(address("licenses"));
    await page.locator("a.summary-forecast").click();
    await heading(page, "Forecast");
    await page.getByLabel("5 years").check();
    await page
      .getByRole("img", { name: /Licenses left over time\. .* licenses are left now/ })
      .waitFor();
    await page
      .getByRole("listitem")
      .filter({ hasText: /^\d+ licenses? of (2 years|45 days) by \d+ \w+ \d{4}$/ })
      .first()
      .waitFor();
    const gap = await page.evaluate(() => {
      const [above, below] = ["buy-title", "days-title"].map((id) =>
        document.getElementById(id).closest("section").getBoundingClientRect(),
      );
      return below.top - above.bottom;
    });
    assert.ok(gap >= 24, `sections stand apart: ${gap} px`);
    await lengthen(page, "Renewed", /^Show \d+ sensors more renewed on/);
    await lengthen(page, "Stops", /^Show \d+ sensors more that stop on/);
    await page.getByText("Table of values").click();
    await page.getByRole("columnheader", { name: "Licenses left" }).waitFor();
    await page.getByRole("link", { name: "Room 3" }).first().click();
    await panel(page).getByRole("heading", { name: "Room 3" }).waitFor();
  });

  await t.test("nothing broke the page policy and no script failed", () =>
    assert.deepEqual(faults, []),
  );
  await t.test("every page is accessible in light and dark, wide and narrow", (part) =>
    lookClosely(part, browser, program.url, fleet),
  );
  await t.test("an order is revoked; what the next one renews is named before", (part) =>
    revoke(part, page),
  );
  await t.test("the audit log tells who changed what", () => readAuditLog(page));
  await context.close();
});

/** What names more of a list stands under that list, and lengthens no other. */
async function lengthen(page, column, name) {
  const button = await page.locator(".days").getByRole("button", { name }).first().elementHandle();
  const cell = await button.evaluateHandle((it) => it.closest("td"));
  const named = () =>
    cell.evaluate((it) => [it, it.closest("tr")].map((part) => part.querySelectorAll("li").length));
  assert.equal(await cell.evaluate((it) => it.dataset.label), column);
  const [few, ofDay] = await named();
  assert.equal(few, 5);
  await button.click();
  await button.waitForElementState("hidden");
  const [many, afterwards] = await named();
  assert.ok(many > few && many - few === afterwards - ofDay, `${column}: ${few}, then ${many}`);
}

async function revoke(t, page) {
  const operator = await openPage(browser, program.url, { storageState: fleet.operator });
  await t.test("found by its reference, previewed, revoked for a reason", async () => {
    await operator.page.goto("/operator");
    await operator.page.getByRole("searchbox").fill("order long");
    await row(operator.page, /order short/).waitFor({ state: "detached" });
    await press(operator.page, "Revoke order long");
    const dialog = operator.page.getByRole("dialog", { name: "Revoke order long" });
    await dialog.getByText(/running licenses? ends?/).waitFor();
    await press(dialog, "Revoke");
    await dialog.getByText("Enter a reason. It is kept in the audit log.").waitFor();
    await dialog.getByLabel("Reason").fill("not paid");
    await press(dialog, "Revoke");
    await row(operator.page, /order long.*Revoked/).waitFor();
    await operator.page.getByLabel("Redeemed", { exact: true }).check();
    await heading(operator.page, "No such codes");
    await operator.page.goto("/operator/organizations");
    await row(operator.page, /Example pharmacy/).waitFor();
    assert.deepEqual(operator.faults, []);
    await operator.context.close();
  });
  await t.test("the sensors that it covered are without a license, and say why", async () => {
    await page.goto(address(`licenses?state=expired&sensor=282C03000050`));
    await panel(page)
      .getByText(/the operator revoked the last one/)
      .waitFor();
  });
  await t.test("the next code names what it renews at once", async () => {
    await page.goto(address("licenses"));
    await page.locator(".summary-number").waitFor();
    await press(page, "Add activation code");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox").fill(fleet.later);
    await dialog.getByText(/expired sensors? renews? immediately/).waitFor();
    await dialog
      .getByRole("listitem")
      .filter({ hasText: /, until \d+ \w+ \d{4}/ })
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
  });
}

async function readAuditLog(page) {
  await page.goto(address("audit-log"));
  await row(page, /License revoked/)
    .first()
    .waitFor();
  await page.getByLabel("Serial or other object").fill(ROOMS[1]);
  await page.waitForURL(/object=/);
  await page.getByLabel("Change", { exact: true }).selectOption({ label: "Sensor changed" });
  await row(page, /Sensor changed.*Room 2.*Cellar/)
    .first()
    .waitFor();
  await page.locator(".audit:not([aria-busy])").waitFor();
  const entries = await page.locator(".audit tbody tr").allInnerTexts();
  assert.ok(entries.every((entry) => entry.includes(ROOMS[1]) && entry.includes("Sensor changed")));
  await page.getByLabel("To").fill("2020-01-01");
  await heading(page, "No such entries");
}
