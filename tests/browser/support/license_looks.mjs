// The pages about licenses looked at closely: accessible, and nothing scrolls sideways.
import assert from "node:assert/strict";
import { assertFit, NARROW, openPage, WIDE } from "./browser.mjs";
import { ROOMS } from "./fleet.mjs";
import { heading, panel, press } from "./page.mjs";

/** axe needs to run its script in the page, so these contexts set the page policy aside; all others keep it. */
export async function lookClosely(t, browser, url, fleet) {
  for (const [words, viewport] of [
    ["wide", WIDE],
    ["narrow", NARROW],
  ]) {
    for (const colorScheme of ["light", "dark"]) {
      await t.test(`${words}, ${colorScheme}`, async () => {
        const options = { viewport, colorScheme, bypassCSP: true };
        const owner = await openPage(browser, url, {
          ...options,
          storageState: fleet.owner,
        });
        await lookAtOwnersPages(owner.page, `/o/${fleet.organization}`);
        assert.deepEqual(owner.faults, []);
        await owner.context.close();
        const operator = await openPage(browser, url, {
          ...options,
          storageState: fleet.operator,
        });
        await lookAtOperatorsPages(operator.page);
        assert.deepEqual(operator.faults, []);
        await operator.context.close();
      });
    }
  }
}

async function lookAtOwnersPages(page, at) {
  await lookAt(page, `${at}/licenses`, "License Manager", "a.summary-forecast");
  // What opens over the list is looked at over a short one: a hundred rows take axe seconds each time.
  const few = `${at}/licenses?q=Room`;
  await page.goto(few);
  await page
    .getByLabel(/^Select /)
    .nth(1)
    .check();
  await press(page, "Assign licenses");
  await page
    .getByRole("dialog")
    .getByText(/^Takes/)
    .waitFor();
  await assertFit(page, "the dialog for many");
  await page.keyboard.press("Escape");
  await lookAt(page, `${few}&sensor=${ROOMS[0]}`, "Room 1", ".queue li");
  await press(panel(page), "Replace");
  await assertFit(page, "the dialog for a replacement");
  await page.keyboard.press("Escape");
  await lookAt(page, `${at}/sensors/${ROOMS[0]}`, "Room 1", ".queue li");
  await lookAt(page, `${at}/forecast?months=60`, "Forecast", ".days tbody tr");
  await lookAt(page, `${at}/import`, "Import sensors");
  await page.getByLabel("Or paste rows").fill("282C02000077\n28");
  await press(page, "Check 2 rows");
  await page.locator(".import-rows tbody tr").first().waitFor();
  await assertFit(page, "a refused import");
  await lookAt(page, `${at}/audit-log`, "Audit log", ".audit tbody tr");
}

async function lookAtOperatorsPages(page) {
  await lookAt(page, "/operator", "Issued codes", ".table tbody tr");
  await page
    .getByRole("button", { name: /^Revoke / })
    .first()
    .click();
  await page.getByRole("dialog").waitFor();
  await assertFit(page, "the dialog to revoke");
  await page.keyboard.press("Escape");
  await lookAt(page, "/operator/organizations", "Organizations", ".table tbody tr");
}

async function lookAt(page, to, title, content) {
  await page.goto(to);
  await heading(page, title);
  if (content) await page.locator(content).first().waitFor();
  await assertFit(page, `${to} (${title})`);
}
