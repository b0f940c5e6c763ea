// Measurements that are not saved: each reason with what to do about it, for managers and for analysts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage } from "./support/browser.mjs";
import { FRIDGE, makeFleet } from "./support/fleet.mjs";
import { measurements, post } from "./support/frame.mjs";
import { heading, panel } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

const GRACE = { email: "grace@example.com", password: "ten purple elephants" };

let program, browser, fleet, analyst;

/** A sample at each time: by channel. */
async function send(serial, times, value = 45) {
  const channels = times.map((at) => ({ type: 1, at, raw: [value] }));
  assert.equal(await post(program.coap, measurements({ serial, period: 60, channels })), "2.01");
}

async function makeAnalyst() {
  const owner = await browser.newContext({ baseURL: program.url, storageState: fleet.owner });
  const invited = await owner.request.post(`/api/v1/organizations/${fleet.organization}/members`, {
    data: { email: GRACE.email, role: "analyst" },
  });
  const token = (await invited.json()).link.split("/").pop();
  await owner.close();
  const context = await browser.newContext({ baseURL: program.url });
  const accepted = await context.request.post(`/api/v1/invitations/${token}`, {
    data: { password: GRACE.password },
  });
  assert.ok(accepted.ok(), await accepted.text());
  analyst = await context.storageState();
  await context.close();
}

before(async () => {
  program = await startProgram();
  browser = await launch();
  fleet = await makeFleet(browser, program);
  await makeAnalyst();
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

const sensorPage = () => `/o/${fleet.organization}/sensors/${FRIDGE}`;

test("a sensor whose measurements are all refused does not look silent", async () => {
  const now = Math.floor(Date.now() / 1000);
  await send(FRIDGE, [1234, now + 7200, now - 86400]);
  const { page, context, faults } = await openPage(browser, program.url, { storageState: analyst });
  await page.goto(sensorPage());
  await heading(page, "No measurements saved");
  await page.getByText("The sensor sent 3 measurements that could not be saved.").waitFor();
  await heading(page, "Not saved");
  await page.getByText("3 measurements refused since").first().waitFor();
  assert.equal(await page.getByText("Wrong time 2").count(), 1);
  assert.equal(await page.getByText("Before the first license 1").count(), 1);
  assert.equal(await page.getByText("No license at that time").count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test("each reason says what it means and what to do, to managers and analysts", async () => {
  const now = Math.floor(Date.now() / 1000);
  const owner = await browser.newContext({ baseURL: program.url, storageState: fleet.owner });
  const call = (method, path, data) =>
    owner.request.fetch(`/api/v1/organizations/${fleet.organization}${path}`, { method, data });
  await send(FRIDGE, [now - 1]);
  await send(FRIDGE, [now - 1], 99); // another value for the same time
  await call("PATCH", "", { device_token_required: true });
  await send(FRIDGE, [now]);
  await call("PATCH", "", { device_token_required: false });
  await owner.close();

  for (const [who, storageState, advice] of [
    ["a manager", fleet.owner, "Enter the organization's device token in the sensor."],
    ["an analyst", analyst, "Tell an administrator of the organization."],
  ])
    for (const [how, options] of [
      ["wide", {}],
      ["narrow and dark", { viewport: NARROW, colorScheme: "dark" }],
    ]) {
      const { page, context, faults } = await openPage(browser, program.url, {
        storageState,
        ...options,
      });
      await page.goto(sensorPage());
      const section = page.getByRole("region", { name: "Not saved" });
      await section.getByText("4 measurements refused since").waitFor();
      for (const words of [
        "Wrong device token 1",
        advice,
        "Wrong time 2",
        "check that the sensor receives answers",
        "Before the first license 1",
        "Conflicts 1",
        "The first value stays.",
      ])
        await section.getByText(words).waitFor();
      await page.getByText("Wrong device token, wrong time, before the first license").waitFor();
      await page.getByText("4.5 °C").first().waitFor(); // the first value
      await assertFit(page, `${who}: the page of a sensor, ${how}`);
      assert.deepEqual(faults, []);
      await context.close();
    }
});

test("the panel of the License Manager shows the reasons, too", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { storageState: fleet.owner });
  await page.goto(`/o/${fleet.organization}/licenses?sensor=${FRIDGE}`);
  await panel(page).getByRole("heading", { name: "Not saved" }).waitFor();
  await panel(page).getByText("Wrong device token 1").waitFor();
  await assertFit(page, "the panel with refusals");
  assert.deepEqual(faults, []);
  await context.close();
});
