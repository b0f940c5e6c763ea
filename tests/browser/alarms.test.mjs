// Alarm rules made and changed, alerts with their course.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage, WIDE } from "./support/browser.mjs";
import { FRIDGE, makeFleet, OWNER } from "./support/fleet.mjs";
import { measurements, post } from "./support/frame.mjs";
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

const send = (raw, at) =>
  post(program.coap, measurements({ serial: FRIDGE, period: 1, channels: [{ type: 1, at, raw }] }));

/** On the second channel. */
const sendHumidity = (at, raw, reason) =>
  post(
    program.coap,
    measurements({
      serial: FRIDGE,
      period: 60,
      reason,
      channels: [
        { type: 0, at, raw: [0] },
        { type: 2, at, raw: [raw], start: 0 },
      ],
    }),
  );

/** The words of a column begin where its heading does. */
async function assertUnderHeading(page, title, words) {
  const left = (locator) =>
    locator.evaluate((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return Math.round(range.getBoundingClientRect().left);
    });
  const head = page.getByRole("columnheader", { name: title, exact: true }).first();
  assert.equal(await left(page.locator(words).first()), await left(head), title);
}

async function shot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}

test("alarm rules and alerts", async (t) => {
  const { page, context, faults } = await openPage(browser, program.url, { storageState: fleet.owner });
  const at = `/o/${fleet.organization}`;

  await t.test("nothing is watched yet, and a rule is added", async () => {
    await page.goto(`${at}/alerts`);
    await page.getByText("No open alerts. Everything is within its limits.").waitFor();
    assert.deepEqual(await page.locator("h2").allInnerTexts(), ["Open", "Over"]);
    await page.getByRole("link", { name: "Alarm rules" }).click();
    await heading(page, "No alarm rules yet");
    await press(page, "Add rule");
    await page.getByLabel("Above", { exact: true }).fill("warm");
    await press(page.getByRole("dialog"), "Add rule");
    await page.getByText("Enter a number, such as 8 or -18.5").waitFor();
    await page.waitForFunction(() => document.activeElement.labels?.[0]?.innerText === "Above");
    await page.getByText("In °C", { exact: true }).waitFor();
    await page.getByLabel("Above", { exact: true }).fill("8");
    await page.getByLabel("Ends this far inside the limit").fill("0,5");
    assert.ok(await page.getByLabel("owner@example.com").isChecked(), "the maker gets e-mail");
    await press(page.getByRole("dialog"), "Add rule");
    await page.getByRole("rowheader", { name: /Temperature above 8 °C/ }).waitFor();
    await page.getByRole("cell", { name: "1 member" }).waitFor();
  });

  await t.test("the other conditions have the fields that they need, by keyboard", async () => {
    const dialog = page.getByRole("dialog");
    const fields = { "Low battery": [], "Probe error": ["Measurement", "For at least"], "Wrong clock": ["For at least"], Tampering: [] };
    for (const [words, wanted] of Object.entries(fields)) {
      await page.getByRole("button", { name: "Add rule" }).focus();
      await page.keyboard.press("Enter");
      await page.getByLabel("Condition").selectOption({ label: words });
      for (const label of ["Measurement", "For at least"])
        assert.equal(await dialog.getByLabel(label).count(), wanted.includes(label) ? 1 : 0, `${words}: ${label}`);
      await page.getByLabel("owner@example.com").uncheck();
      await page.getByText("Nobody gets e-mail about this rule.").waitFor();
      await page.getByLabel("Condition").focus();
      await page.keyboard.press("Tab");
      await page.getByRole("dialog").getByRole("button", { name: "Add rule" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("rowheader", { name: words }).waitFor();
    }
    await press(page, "E-mail me: Wrong clock");
    await page.getByRole("row", { name: /Wrong clock/ }).getByRole("cell", { name: "1 member" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /^E-mail me/ }).count(), 3);
    for (const words of Object.keys(fields)) {
      await press(page, `Delete ${words}`);
      await press(page.getByRole("dialog"), "Delete");
      await page.getByRole("rowheader", { name: words }).waitFor({ state: "detached" });
    }
  });

  await t.test("the sensor shows a wrong clock, tampering and a probe error", async () => {
    const now = Math.floor(Date.now() / 1000);
    assert.equal(await sendHumidity(now, 8388557, 1 << 21), "2.01");
    assert.equal(await sendHumidity(now + 3 * 86400, 40), "2.01");
    await page.goto(`${at}/sensors/${FRIDGE}`);
    await page.getByText("Probe error 8388557").waitFor();
    await page.getByText("wrong PIN entered").waitFor();
    await page.getByText("3 days ahead").waitFor();
  });

  await t.test("an alert opens, and its course is shown", async () => {
    const now = Math.floor(Date.now() / 1000) - 5; // the last one is over: one ahead waits for its time
    assert.equal(await send([70, 85, 92], now), "2.01");
    await page.goto(`${at}/alerts`);
    await page.getByText("ongoing").waitFor();
    await page.getByText("9.2 °C").waitFor();
    await page.getByRole("button", { name: /^Details of Temperature above/ }).click();
    await page.getByRole("dialog").locator(".plot canvas").waitFor();
    await page.getByText("ends 0.5 °C inside the limit").waitFor();
    await page.getByText("Table of values").click();
    await page.getByRole("dialog").getByRole("row").filter({ hasText: "9.2" }).waitFor();
    const told = page.getByRole("dialog").getByRole("row").filter({ hasText: OWNER.email });
    await told.getByText("alert began").waitFor({ timeout: 150_000 });
    await told.getByText("Waiting").waitFor(); // this server has no relay
    await page.goto(`${at}/sensors/${FRIDGE}`);
    await page.getByRole("link", { name: "Temperature above 8 °C" }).waitFor();
  });

  await t.test("a server that does not answer is said once", async () => {
    await page.route("**/api/v1/organizations/*/alerts*", (route) => route.abort());
    await page.goto(`${at}/alerts`);
    await page.getByRole("alert").first().waitFor();
    assert.equal(await page.getByRole("alert").count(), 1);
    await page.unroute("**/api/v1/organizations/*/alerts*");
    await press(page, "Try again");
    await page.getByText("ongoing").waitFor();
    await page.getByText("No past alerts yet").waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
    faults.length = 0; // the requests that were cut off
  });

  await t.test("a changed rule ends what was open; it is deleted", async () => {
    await page.goto(`${at}/alarms`);
    await press(page, "Change Temperature above 8 °C");
    await page.getByLabel("Above", { exact: true }).fill("20");
    await press(page.getByRole("dialog"), "Save");
    await page.getByRole("rowheader", { name: /Temperature above 20 °C/ }).waitFor();
    await page.goto(`${at}/alerts`);
    await page.getByText("No open alerts").waitFor();
    await page.goto(`${at}/alarms`);
    await press(page, "Delete Temperature above 20 °C");
    await page.waitForFunction(() => document.activeElement.innerText === "Cancel");
    await press(page.getByRole("dialog"), "Delete");
    await heading(page, "No alarm rules yet");
  });
  await context.close();
  assert.deepEqual(faults, []);
});

test("looked at closely", async (t) => {
  const owner = await openPage(browser, program.url, { storageState: fleet.owner });
  const at = `/o/${fleet.organization}`;
  const add = (data) =>
    owner.context.request.post(`/api/v1/organizations/${fleet.organization}/alarm-rules`, { data });
  await add({ serial: FRIDGE, condition: "above", channel_type: "temperature", threshold: 8, for: "1s" });
  await add({ all: true, condition: "lost_connection", for: "30m" });
  await add({ all: true, condition: "tamper", recipients: [] });
  await send([90, 91, 92, 93], Math.floor(Date.now() / 1000) - 4);
  await sendHumidity(Math.floor(Date.now() / 1000) - 1, 8388557, 3 << 21);
  await sendHumidity(Math.floor(Date.now() / 1000) + 3 * 86400, 40);
  await owner.context.close();
  for (const [words, viewport] of [
    ["wide", WIDE],
    ["narrow", NARROW],
  ])
    for (const colorScheme of ["light", "dark"])
      await t.test(`${words}, ${colorScheme}`, async () => {
        const { page, context, faults } = await openPage(browser, program.url, {
          viewport,
          colorScheme,
          bypassCSP: true,
          storageState: fleet.owner,
        });
        await page.goto(`${at}/alarms`);
        await page.getByText("All sensors").first().waitFor();
        await assertFit(page, "alarm rules");
        await shot(page, `alarms-${words}-${colorScheme}`);
        await page.getByRole("button", { name: "E-mail me: Tampering" }).waitFor();
        await press(page, "Add rule");
        await page.getByRole("dialog").waitFor();
        await page.getByLabel("Condition").selectOption("sensor_error");
        await assertFit(page, "the dialog of a rule");
        await shot(page, `rule-${words}-${colorScheme}`);
        await page.goto(`${at}/alerts`);
        await page.getByText("ongoing").first().waitFor();
        await assertFit(page, "alerts");
        if (viewport === WIDE) await assertUnderHeading(page, "Rule", ".alert-course");
        await shot(page, `alerts-${words}-${colorScheme}`);
        await page.getByRole("button", { name: /^Details of/ }).first().click();
        await page.getByRole("dialog").locator(".plot canvas").waitFor();
        await assertFit(page, "the course of an alert");
        await shot(page, `course-${words}-${colorScheme}`);
        await page.goto(`${at}/sensors/${FRIDGE}`);
        await page.getByText("3 days ahead").waitFor();
        await assertFit(page, "the facts of a sensor");
        await shot(page, `facts-${words}-${colorScheme}`);
        assert.deepEqual(faults, []);
        await context.close();
      });
});
