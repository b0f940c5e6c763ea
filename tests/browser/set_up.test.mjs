// The link of the first start, from the server's output to the operator's page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage } from "./support/browser.mjs";
import { startProgram } from "./support/program.mjs";

const FIRST = { email: "first@example.com", password: "a password of the first" };

let program, browser, link;

before(async () => {
  program = await startProgram();
  browser = await launch();
  link = program.setUpLink;
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

async function send(page, { email, password }) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
}

test("the link of the first start makes an operator, once", async () => {
  const { page, context, faults } = await openPage(browser, program.url, { viewport: NARROW });
  await page.goto(link);
  await page.getByRole("heading", { name: "Create the first account" }).waitFor();
  await assertFit(page, "the set-up page");
  await send(page, { ...FIRST, password: "short" });
  await page.getByLabel("Password").and(page.locator("[aria-invalid=true]")).waitFor();
  assert.equal(await page.getByLabel("E-mail").inputValue(), FIRST.email, "what was typed stays");
  await send(page, FIRST);
  await page.waitForURL("**/operator");
  await page.goto(link);
  await page.waitForURL("**/operator");
  await context.close();

  const other = await openPage(browser, program.url);
  await other.page.goto(link);
  await send(other.page, { ...FIRST, email: "second@example.com" });
  await other.page.getByText("This link is not valid").waitFor();
  await assertFit(other.page, "a link that was used");
  await other.page.getByRole("link", { name: "sign in" }).click();
  await send(other.page, FIRST);
  await other.page.waitForURL("**/operator");
  await other.context.close();
  assert.deepEqual([...faults, ...other.faults], []);
});
