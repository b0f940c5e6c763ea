// Webhooks that are called: sent again by hand, stopped by a receiver that wants no more; a manager only looks.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { assertFit, launch, openPage } from "./support/browser.mjs";
import { makeFleet } from "./support/fleet.mjs";
import { heading, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

const MANAGER = { email: "mary@example.com", password: "ten purple elephants" };

let program, browser, fleet, receiver, manager;

/** A program that is told: what came, and the codes that it answers next (then 204). */
async function startReceiver() {
  const ids = [],
    answers = [];
  const server = createServer((request, response) => {
    ids.push(request.headers["webhook-id"]);
    request.resume();
    request.on("end", () => response.writeHead(answers.shift() ?? 204).end());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve); // node 18 returns nothing here
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}/`, ids, answers, stop };
}

async function joinAsManager() {
  const owner = await browser.newContext({ baseURL: program.url, storageState: fleet.owner });
  const invited = await owner.request.post(`/api/v1/organizations/${fleet.organization}/members`, {
    data: { email: MANAGER.email, role: "manager" },
  });
  const token = (await invited.json()).link.split("/").pop();
  const context = await browser.newContext({ baseURL: program.url });
  const joined = await context.request.post(`/api/v1/invitations/${token}`, {
    data: { password: MANAGER.password, name: "Mary" },
  });
  assert.ok(joined.ok(), await joined.text());
  const state = await context.storageState();
  await context.close();
  await owner.close();
  return state;
}

before(async () => {
  program = await startProgram("--webhook-private", "on");
  browser = await launch();
  fleet = await makeFleet(browser, program);
  receiver = await startReceiver();
  manager = await joinAsManager();
});

after(async () => {
  await browser?.close();
  await program?.stop();
  await receiver?.stop();
});

test("a webhook that is called", async (t) => {
  const { page, context, faults } = await openPage(browser, program.url, {
    storageState: fleet.owner,
  });
  const dialog = page.getByRole("dialog");
  const delivery = page.getByRole("row", { name: /webhook\.test/ });
  const lookUntil = async (row, words) => {
    for (let turn = 0; turn < 100 && !(await row.getByText(words).count()); turn++) {
      await press(page, "Check again");
      await page.waitForTimeout(100);
    }
    await row.getByText(words).first().waitFor();
  };

  await t.test("what was delivered is sent again under the same id", async () => {
    await page.goto(`/o/${fleet.organization}/webhooks`);
    await press(page, "Add webhook");
    await dialog.getByLabel("Address").fill(receiver.url);
    await dialog.getByLabel(/pool\.low/).check();
    await press(dialog, "Add webhook");
    await press(dialog, "Done");
    await press(page, /^Test/);
    await lookUntil(delivery, "Delivered, tried 1 time");
    await press(page, /^Send again/);
    await lookUntil(delivery, "Delivered, tried 2 times");
    assert.equal(receiver.ids.length, 2);
    assert.equal(new Set(receiver.ids).size, 1);
    await assertFit(page, "sent again");
  });

  await t.test("a receiver that wants no more stops it, and the page says so", async () => {
    receiver.answers.push(410);
    await press(page, /^Test/);
    await lookUntil(page, "answered 410");
    await page.reload();
    const row = page.getByRole("row", { name: new RegExp(receiver.url) });
    await row.getByText("Stopped").waitFor();
    await row.getByText("the receiver asked for no more messages (410)").waitFor();
    assert.equal(await row.getByRole("button", { name: /^Test/ }).count(), 0);
    await assertFit(page, "stopped");
  });

  await t.test("a manager sees webhooks and deliveries, and changes nothing", async () => {
    const other = await openPage(browser, program.url, { storageState: manager });
    await other.page.goto(`/o/${fleet.organization}/webhooks`);
    await heading(other.page, "Webhooks");
    await press(other.page, /^Deliveries/);
    await other.page.getByText("answered 410").waitFor();
    for (const name of [/^Add/, /^Test/, /^Delete/, /^Send again/])
      assert.equal(await other.page.getByRole("button", { name }).count(), 0, String(name));
    await assertFit(other.page, "as a manager");
    assert.deepEqual(other.faults, []);
    await other.context.close();
  });

  assert.deepEqual(faults, []);
  await context.close();
});
