// The server lacks the organization's time zone: pages count in UTC and say so, and another zone can be chosen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage, WIDE } from "./support/browser.mjs";
import { FRIDGE, makeFleet } from "./support/fleet.mjs";
import { heading, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

const LOST = "Poland/Gone"; // no browser knows it either
const NOTE = `The server no longer has the time zone ${LOST}.`;
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

/** A page whose organization has lost its zone; `sent` collects the bodies of its changes. */
async function openLost(options) {
  const opened = await openPage(browser, program.url, { storageState: fleet.owner, ...options });
  const sent = [];
  await opened.page.route(`**/api/v1/organizations/${fleet.organization}`, async (route) => {
    if (route.request().method() === "PATCH") sent.push(route.request().postDataJSON());
    const answer = await route.fetch();
    const organization = await answer.json();
    const lost = !sent.some((body) => body.time_zone);
    await route.fulfill({
      response: answer,
      json: lost ? { ...organization, time_zone: LOST, time_zone_missing: true } : organization,
    });
  });
  return { ...opened, sent };
}

test("every page says that the time zone is lost, and shows its times in UTC", async () => {
  const pages = ["licenses", "forecast", "sensors", `sensors/${FRIDGE}`, "alerts", "notifications", "members"];
  for (const viewport of [WIDE, NARROW]) {
    const { page, context, faults } = await openLost({ viewport });
    for (const rest of pages) {
      await page.goto(address(rest));
      await page.getByText(NOTE).waitFor();
      await page.locator("h1").waitFor();
    }
    await page.goto(address("notifications"));
    await page.getByText("(UTC)").waitFor();
    await assertFit(page, "lost zone");
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test("settings keep the lost zone until another one is chosen, by keyboard", async () => {
  const { page, context, sent, faults } = await openLost();
  await page.goto(address("notifications"));
  await page.getByRole("link", { name: "Choose another time zone" }).press("Enter");
  await heading(page, "Settings");
  const zone = page.getByRole("combobox", { name: "Time zone" });
  assert.equal(await zone.inputValue(), LOST);
  await page.getByText("The server no longer has this time zone. Choose another one.").waitFor();
  await assertFit(page, "lost zone");

  await page.getByLabel("Name", { exact: true }).fill("Example pharmacy 2");
  await press(page, "Save");
  await page.getByText("Settings saved").first().waitFor();
  assert.equal("time_zone" in sent[0], false);

  await zone.focus();
  await zone.fill("new york");
  await zone.press("Enter");
  await press(page, "Save");
  await page.getByText(NOTE).waitFor({ state: "detached" });
  assert.equal(sent[1].time_zone, "America/New_York");
  assert.deepEqual(faults, []);
  await context.close();
});
