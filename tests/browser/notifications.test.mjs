// The Notification Manager: members ticked, the calendar link made and taken back, what was told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage, WIDE } from "./support/browser.mjs";
import { makeFleet, OWNER } from "./support/fleet.mjs";
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

const address = () => `/o/${fleet.organization}/notifications`;
const told = (page, name) => page.getByRole("switch", { name, exact: true });
/** Does what changes something on the server, and waits until that has said yes: a page that is left may not. */
async function answered(page, change) {
  const answer = page.waitForResponse((one) => one.request().method() === "PUT");
  await change();
  assert.equal((await answer).ok(), true);
}

const NOTICE = {
  id: "1",
  kind: "expires_in_one_month",
  recipient: "a.rather.long.address.of.somebody@subsidiary.example.com",
  serials: ["282C02424EED"],
  due_on: "2026-10-24",
  queued_at: "2026-10-24T06:00:00Z",
  state: "sent",
  attempts: 1,
  sent_at: "2026-10-24T06:00:02Z",
  last_error: null,
};
const NOTICES = [
  { ...NOTICE, id: "4", kind: "pool_low", serials: [], state: "waiting", attempts: 0, sent_at: null },
  {
    ...NOTICE,
    id: "3",
    kind: "expires_today",
    serials: ["282C02424EED", "282C02424EE1", "282C02424EE2", "282C02424EE3"],
    state: "waiting",
    attempts: 4,
    sent_at: null,
    last_error: "451 4.7.1 Greylisted, try again later",
  },
  { ...NOTICE, id: "2", state: "failed", attempts: 1, sent_at: null, last_error: "550 no such user here" },
  NOTICE,
];

/** What a server has told after months: the clock of this one is the real one. */
const withNotices = (page, items) =>
  page.route("**/api/v1/organizations/*/notices*", (route) =>
    route.fulfill({ json: { items, next: null } }),
  );

test("the Notification Manager", async (t) => {
  const { page, context, faults } = await openPage(browser, program.url, {
    storageState: fleet.owner,
  });

  await t.test("the maker of the organization is told from the start", async () => {
    await page.goto(address());
    await heading(page, "Notification Manager");
    await told(page, `E-mail to ${OWNER.email}`).waitFor();
    assert.equal(await told(page, `E-mail to ${OWNER.email}`).isChecked(), true);
    assert.equal(await page.getByText("No recipients yet.").count(), 0);
    await answered(page, () => told(page, `E-mail to ${OWNER.email}`).click());
  });

  await t.test("nobody is told, and that no mail goes out is said", async () => {
    await page.getByText("No recipients yet.").waitFor();
    await page.getByText("This server has no mail relay").waitFor();
    await page.getByText("Nothing has been sent yet.").waitFor();
    assert.deepEqual(await page.locator("h2").allInnerTexts(), ["Recipients", "Calendar", "Sent messages"]);
    await assertFit(page, "empty");
  });

  await t.test("a member is ticked, and what only stops", async () => {
    await answered(page, () => told(page, `E-mail to ${OWNER.email}`).click());
    await answered(page, () => told(page, `E-mail to ${OWNER.email} only about what stops`).click());
    await page.getByText("No recipients yet.").waitFor({ state: "detached" });
    await page.reload();
    assert.equal(await told(page, `E-mail to ${OWNER.email}`).isChecked(), true);
    assert.equal(await told(page, `E-mail to ${OWNER.email} only about what stops`).isChecked(), true);
    await told(page, `E-mail to ${OWNER.email}`).click();
    await page.getByText("No recipients yet.").waitFor();
  });

  await t.test("both pages say that nobody is told, with a button that selects oneself", async () => {
    for (const where of [address(), `/o/${fleet.organization}/licenses`]) {
      await page.goto(where);
      const button = page.getByRole("button", { name: "Send it to me" });
      await button.waitFor();
      for (const viewport of [WIDE, NARROW])
        for (const colorScheme of ["light", "dark"]) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          await assertFit(page, `nobody is told, ${where}, ${viewport.width} px, ${colorScheme}`);
        }
      await page.setViewportSize(WIDE);
      await button.focus();
      await answered(page, () => page.keyboard.press("Enter"));
      await page.getByText("No recipients yet.").waitFor({ state: "detached" });
      await page.goto(address());
      assert.equal(await told(page, `E-mail to ${OWNER.email}`).isChecked(), true);
      await answered(page, () => told(page, `E-mail to ${OWNER.email}`).click());
    }
  });

  await t.test("the calendar link works until it is taken back", async () => {
    await press(page, "Create a link");
    const link = (await page.locator(".secret-link").innerText()).trim();
    const calendar = await context.request.get(link);
    assert.equal(calendar.status(), 200);
    assert.match(await calendar.text(), /BEGIN:VEVENT/);
    await page.reload();
    await page.getByText(/You created a link on /).waitFor();
    await press(page, "Revoke the link");
    await page.getByRole("button", { name: "Create a link" }).waitFor();
    assert.equal((await context.request.get(link)).status(), 404);
  });

  await t.test("an older calendar link that belongs to nobody is named", async () => {
    await page.route("**/calendar-feed", (route) =>
      route.fulfill({
        json: {
          made_at: null,
          made_by: null,
          older: { made_at: "2025-03-01T10:00:00Z", made_by: "gone@example.com" },
        },
      }),
    );
    await page.reload();
    await page.getByText(/An older link, created on 1 Mar 2025 by gone@example.com/).waitFor();
    await page.getByRole("button", { name: "Create a link" }).waitFor();
    await page.getByRole("button", { name: "Revoke the link" }).waitFor();
    for (const viewport of [WIDE, NARROW])
      for (const colorScheme of ["light", "dark"]) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await assertFit(page, `an older link, ${viewport.width} px, ${colorScheme}`);
      }
    await page.setViewportSize(WIDE);
    await page.unroute("**/calendar-feed");
  });

  await t.test("what was told is listed with its delivery", async () => {
    await withNotices(page, NOTICES);
    await page.reload();
    await page.getByText("Sent 24 Oct 2026, 08:00").waitFor();
    await page.getByText("Waiting, tried 4 times").waitFor();
    await page.getByText("550 no such user here").waitFor();
    for (const viewport of [WIDE, NARROW])
      for (const colorScheme of ["light", "dark"]) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await assertFit(page, `full, ${viewport.width} px, ${colorScheme}`);
      }
  });

  assert.deepEqual(faults, []);
});
