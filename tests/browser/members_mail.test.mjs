// With a mail relay: a forgotten password replaced by the link that comes, and an invitation that goes out by mail.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage } from "./support/browser.mjs";
import { heading, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";
import { startRelay } from "./support/relay.mjs";

const SUBSIDIARY = "a.subsidiary.with.a.long.name.example.com";
const ADA = { email: `ada.with.a.rather.long.address@${SUBSIDIARY}`, password: "nine green bottles" };

let relay, program, browser, org;

before(async () => {
  relay = await startRelay();
  program = await startProgram("--smtp", relay.url, "--mail-from", "tenure@example.com");
  browser = await launch();
  const context = await browser.newContext({ baseURL: program.url });
  const post = async (path, data) => (await context.request.post(`/api/v1${path}`, { data })).json();
  await post("/users", { ...ADA, activation_code: await program.issueCode(1, "P1Y") });
  org = (await post("/organizations", { name: "Cold Chain", time_zone: "Europe/Warsaw" })).id;
  await context.close();
});

after(async () => {
  await browser?.close();
  await program?.stop();
  await relay?.stop();
});

async function signIn(page, password) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(ADA.email);
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
}

test("what became of a test mail is shown where it was asked for", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { viewport: NARROW });
  await signIn(page, ADA.password);
  await page.waitForURL(`**/o/${org}/**`);
  await page.goto(`/o/${org}/notifications`);
  const became = page.locator(".section-actions [role=status]");
  await press(page, "Send a test e-mail");
  await became.getByText("Sent").waitFor();
  relay.refused.add(ADA.email);
  await press(page, "Send a test e-mail");
  await became.getByText("Not delivered").waitFor();
  assert.match(await became.innerText(), /no such user here/);
  await assertFit(page, "a test mail that was refused");
  relay.refused.delete(ADA.email);
  await context.close();
  assert.deepEqual(faults, []);
});

test("a test mail that waits is looked after for a while, and then by hand", async () => {
  const { page, context } = await openPage(browser, program.url, { viewport: NARROW });
  const looks = "**/notifications/test-mail/*";
  let asked = 0;
  await signIn(page, ADA.password);
  await page.waitForURL(`**/o/${org}/**`);
  await page.goto(`/o/${org}/notifications`);
  await page.route(looks, (route) => {
    asked++;
    const json = { state: "waiting", attempts: 1, queued_at: "2026-11-24T12:00:00Z", sent_at: null, last_error: "451 later" };
    return route.fulfill({ json });
  });
  await page.clock.install();
  await press(page, "Send a test e-mail");
  await page.getByText("451 later").waitFor();
  const again = page.getByRole("button", { name: "Check again" });
  for (let turns = 0; (await again.count()) === 0; turns++) {
    assert.ok(turns < 60, "it was still looked after once ten minutes had passed");
    await page.clock.runFor(10_000);
  }
  const before = asked;
  assert.ok(before > 5 && before < 15, `asked ${before} times`);
  await page.clock.runFor(3_600_000);
  assert.equal(asked, before);

  await page.unroute(looks);
  await page.route(looks, (route) => route.abort());
  await again.click();
  const note = page.getByRole("alert");
  await note.waitFor();
  await page.getByText("451 later").waitFor(); // what is known stays
  await page.unroute(looks);
  await press(note, "Try again");
  await page.locator(".section-actions [role=status]").getByText("Sent").waitFor();
  assert.equal(await note.count(), 0);
  await context.close();
});

test("an invitation whose mail was refused says so, and what to do", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { viewport: NARROW });
  const gone = "gone@example.com";
  relay.refused.add(gone);
  await signIn(page, ADA.password);
  await page.waitForURL(`**/o/${org}/**`);
  await page.goto(`/o/${org}/members`);
  await press(page, "Invite");
  await page.getByRole("dialog").getByLabel("E-mail").fill(gone);
  await press(page.getByRole("dialog"), "Invite");
  const row = page.getByRole("row", { name: gone });
  await row.waitFor();
  const list = () => context.request.get(`/api/v1/organizations/${org}/members`);
  for (const end = Date.now() + 10_000; !(await (await list()).text()).includes('"failed"');)
    assert.ok(Date.now() < end, "the mail was not refused in time");
  await page.reload();
  await row.getByText("the e-mail was not delivered").waitFor();
  assert.match(await row.innerText(), /no such user here/);
  await assertFit(page, "an invitation whose mail was refused");
  await row.getByRole("button", { name: "Withdraw" }).waitFor();
  await context.close();
  assert.deepEqual(faults, []);
});

for (const [how, options, password] of [
  ["wide", {}, "ten purple elephants"],
  ["narrow and dark", { viewport: NARROW, colorScheme: "dark" }, "eleven yellow lemons"],
])
  test(`a forgotten password is replaced: ${how}`, async () => {
    const { page, context, faults } = await openPage(browser, program.url, options);
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Forgot" }).click();
    await heading(page, "Forgot your password");
    await page.getByLabel("E-mail").waitFor();
    await assertFit(page, "a forgotten password");
    await page.getByLabel("E-mail").fill("ada");
    await press(page, "Send the link");
    await page.locator("[aria-invalid=true]").waitFor();
    await assertFit(page, "an address that is none");
    await page.getByLabel("E-mail").fill(ADA.email);
    await page.keyboard.press("Enter");
    await page.getByText(`If ${ADA.email} has an account, a link is on its way`).waitFor();
    await assertFit(page, "a link is on its way");

    const link = await relay.link("password-resets");
    await page.goto(link);
    await page.getByText(`For ${ADA.email}`).waitFor();
    await assertFit(page, "a new password");
    await page.getByLabel("New password").fill("short");
    await press(page, "Set the password");
    await page.locator("[aria-invalid=true]").waitFor();
    await assertFit(page, "a password that is too short");
    await page.getByLabel("New password").fill(password);
    await press(page, "Set the password");
    await page.waitForURL(`**/o/${org}/**`);
    await page.goto(link);
    await page.getByRole("link", { name: "Ask for a new link" }).waitFor();
    await context.close();

    const other = await openPage(browser, program.url, options);
    await signIn(other.page, ADA.password);
    await other.page.getByRole("alert").first().waitFor();
    await signIn(other.page, password);
    await other.page.waitForURL(`**/o/${org}/**`);
    await other.page.goto(`/o/${org}/members`);
    await press(other.page, "Invite");
    const dialog = other.page.getByRole("dialog");
    const invited = `somebody.who.is.${how.split(" ")[0]}@${SUBSIDIARY}`;
    await dialog.getByLabel("E-mail").fill(invited);
    await press(dialog, "Invite");
    await other.page.getByRole("row", { name: invited }).waitFor();
    assert.equal(await other.page.locator(".link-whole").count(), 0);
    await assertFit(other.page, "an invitation that went out by mail");
    await other.page.goto(await relay.link("invitations"));
    await other.page.getByText(`You are signed in as ${ADA.email}`).waitFor();
    await other.context.close();
    assert.deepEqual([...faults, ...other.faults], []);
  });
