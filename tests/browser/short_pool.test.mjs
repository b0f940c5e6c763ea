// Where licenses are missing: what the pages say of sensors that wait for one, and of a license that goes on to them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "./support/browser.mjs";
import { makeFleet, ROOMS } from "./support/fleet.mjs";
import { heading, panel } from "./support/page.mjs";
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

const HALL = "282C02424EF1";
const as = (who, options) => openPage(browser, program.url, { storageState: fleet[who], ...options });

/** What the API answers. */
async function call(context, method, path, data) {
  const answer = await context.request.fetch(`/api/v1${path}`, { method, data });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? null : answer.json();
}

/** The operator takes back the order of the pool and of the rooms: these wait, and a hall holds two of another key. */
async function emptyThePool(owner, operator) {
  const at = `/organizations/${fleet.organization}`;
  const key = (await call(owner, "POST", `${at}/activation-codes`, { code: fleet.later })).key;
  await call(owner, "POST", `${at}/sensors`, { serial: HALL, name: "Hall", key });
  for (let turn = 0; turn < 4; turn++) await call(owner, "POST", `${at}/sensors/${HALL}/licenses`, { key });
  const { items } = await call(operator, "GET", "/operator/activation-codes");
  for (const { id, reference } of items)
    if (["order long", "order short"].includes(reference))
      await call(operator, "POST", `/operator/activation-codes/${id}/revocation`, { reason: "not paid" });
}

test("an empty pool, and sensors that wait for a license", async (t) => {
  const { page, context, faults } = await as("owner");
  const operator = await as("operator");

  await t.test("a pool that is not asked for anything is not praised for lasting", async () => {
    await page.goto(`/o/${fleet.organization}/licenses`);
    await page.locator(".summary-forecast").getByText(/^Lasts for 24 months/).waitFor();
    for (const serial of ROOMS.concat("282C02424EED"))
      await call(context, "PATCH", `/organizations/${fleet.organization}/sensors/${serial}`, { auto_renewal: false });
    await page.reload();
    await page.locator(".summary-forecast").getByText("No renewals from the pool").waitFor();
    for (const serial of ROOMS)
      await call(context, "PATCH", `/organizations/${fleet.organization}/sensors/${serial}`, { auto_renewal: true });
  });

  await emptyThePool(context, operator.context);

  await t.test("the forecast names who waits already, not when it will stop", async () => {
    await page.goto(`/o/${fleet.organization}/forecast`);
    await heading(page, "Forecast");
    await page.getByText(`The first sensor that is already waiting for a license is ${ROOMS[0]}.`).waitFor();
  });

  await t.test("a license taken back that goes on to a sensor that waits is said to, without a way back", async () => {
    await page.goto(`/o/${fleet.organization}/licenses?sensor=${HALL}`);
    await panel(page)
      .getByRole("button", { name: /Take back: waiting license 4 of 4/ })
      .click();
    const said = page.locator(".said");
    await said.getByText("Hall: a license of 1 year was taken back and went to a sensor that had none").waitFor();
    assert.equal(await said.getByRole("button", { name: "Undo" }).count(), 0);
    await page.goto(`/o/${fleet.organization}/licenses?sensor=${ROOMS[0]}`);
    await panel(page).getByText("Active", { exact: true }).waitFor();
  });
  assert.deepEqual(faults, []);
});

test("in the audit log words and serials stand whole at 1280 px", async () => {
  const { page, context } = await as("owner");
  await page.goto(`/o/${fleet.organization}/audit-log`);
  await page.locator(".audit tbody tr").first().waitFor();
  const torn = await page.locator(".audit tbody :is(th, a)").evaluateAll((cells) =>
    cells.flatMap((cell) => {
      const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      const words = [];
      for (let text; (text = walk.nextNode()); )
        for (const { index, 0: word } of text.data.matchAll(/\w+/g)) {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          if (range.getClientRects().length > 1) words.push(word);
        }
      return words;
    }),
  );
  assert.deepEqual(torn, []);
  await context.close();
});
