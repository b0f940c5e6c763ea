// Members: invited by a link that is passed on, joined, changed, removed; the organization's settings.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage } from "./support/browser.mjs";
import { heading, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

const ADMIN = { email: "ada@example.com", password: "nine green bottles" };
const GRACE = { email: "grace@example.com", password: "ten purple elephants" };

let program, browser, storageState, org;

before(async () => {
  program = await startProgram();
  browser = await launch();
  const context = await browser.newContext({ baseURL: program.url });
  const post = async (path, data) => (await context.request.post(`/api/v1${path}`, { data })).json();
  await post("/users", { ...ADMIN, activation_code: await program.issueCode(1, "P1Y") });
  org = (await post("/organizations", { name: "Cold Chain", time_zone: "Europe/Warsaw" })).id;
  storageState = await context.storageState();
  await context.close();
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

for (const [how, options] of [
  ["wide", {}],
  ["narrow and dark", { viewport: NARROW, colorScheme: "dark" }],
])
  test(`the pages of members and settings fit: ${how}`, async () => {
    const { page, context, faults } = await openPage(browser, program.url, { storageState, ...options });
    await page.goto(`/o/${org}/members`);
    await page.getByText("the last administrator: make another member one first").waitFor();
    await assertFit(page, "members");
    await press(page, "Invite");
    await assertFit(page, "inviting");
    await press(page.getByRole("dialog"), "Cancel");
    await page.goto(`/o/${org}/settings`);
    await heading(page, "Device token");
    await press(page, "Show the token");
    await assertFit(page, "settings");
    await context.close();
    const nobody = await openPage(browser, program.url, options);
    await nobody.page.goto("/forgot-password");
    await nobody.page.getByText("This server does not send e-mail").waitFor();
    await assertFit(nobody.page, "a forgotten password");
    await nobody.page.goto("/password-resets/x");
    await nobody.page.getByRole("link", { name: "Ask for a new link" }).waitFor();
    await assertFit(nobody.page, "a link that is not valid");
    await nobody.context.close();
    assert.deepEqual([...faults, ...nobody.faults], []);
  });

test("somebody is invited, joins, gets another role, and is removed", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { storageState });
  await page.goto(`/o/${org}/members`);
  await press(page, "Invite");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill(GRACE.email);
  await dialog.getByLabel("Manager").check();
  await press(dialog, "Invite");
  const link = await dialog.locator(".link-whole").textContent();
  await assertFit(page, "the link to pass on");
  await press(dialog, "Done");
  const row = page.getByRole("row", { name: GRACE.email });
  await row.getByText("Invited", { exact: true }).waitFor();

  await page.goto(link);
  await page.getByText(`You are signed in as ${ADMIN.email}`).waitFor();
  await assertFit(page, "an invitation for somebody else");

  const other = await openPage(browser, program.url, { viewport: NARROW });
  await other.page.goto(link);
  await heading(other.page, "Join Cold Chain");
  await assertFit(other.page, "an invitation");
  await other.page.getByLabel("Password").fill(GRACE.password);
  await press(other.page, "Join");
  await other.page.waitForURL("**/licenses");
  await other.page.goto(`/o/${org}/members`);
  await other.page.getByText(ADMIN.email).first().waitFor();
  assert.equal(await other.page.getByRole("button", { name: "Remove" }).count(), 0);
  await other.page.goto(link);
  await heading(other.page, "The invitation cannot be opened");

  await page.goto(`/o/${org}/members`);
  await row.getByLabel("Role of").selectOption("analyst");
  await page.getByText(`${GRACE.email}: Analyst`).waitFor();
  await other.page.goto("/");
  await other.page.waitForURL("**/sensors");
  await other.page.goto(`/o/${org}/notifications`);
  await heading(other.page, "Your role does not include this page");
  await assertFit(other.page, "a page that an analyst does not see");
  await row.getByRole("button", { name: "Remove" }).click();
  await assertFit(page, "removing");
  await press(dialog, "Remove");
  await row.waitFor({ state: "detached" });
  await other.page.reload();
  await heading(other.page, "There is no such page");
  await other.context.close();
  await context.close();
  assert.deepEqual([...faults, ...other.faults], []);
});

test("an administrator changes the settings", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { storageState });
  await page.goto(`/o/${org}/settings`);
  await page.getByLabel("Name").fill("Colder Chain");
  await page.getByLabel("Which license is taken from the pool").selectOption("shortest_first");
  await press(page, "Save");
  await page.getByText("These apply to all of Colder Chain").waitFor();
  await page.reload();
  assert.equal(await page.getByLabel("Which license is taken from the pool").inputValue(), "shortest_first");
  await press(page, "Show the token");
  const token = await page.locator(".link-whole").textContent();
  await press(page, "Renew the token");
  await press(page.getByRole("dialog"), "Renew");
  await page.waitForFunction((old) => document.querySelector(".link-whole")?.textContent !== old, token);
  await context.close();
  assert.deepEqual(faults, []);
});

test("an ended session is announced, and the next sign-in continues at the same page", async () => {
  const { page, context } = await openPage(browser, program.url, { storageState });
  await page.goto(`/o/${org}/members`);
  await page.getByRole("row", { name: ADMIN.email }).waitFor();
  await context.clearCookies();
  await page.getByRole("link", { name: "Sensors", exact: true }).click();
  await page.getByText("Your session has ended").waitFor();
  await assertFit(page, "a session that has ended");
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await press(page, "Sign in");
  await heading(page, "Sensors");
  await context.close();
});
