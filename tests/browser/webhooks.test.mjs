// Webhooks: added with its secret shown once, tested, looked at, deleted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage, WIDE } from "./support/browser.mjs";
import { makeFleet } from "./support/fleet.mjs";
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

async function look(page, name) {
  for (const colorScheme of ["light", "dark"])
    for (const [width, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      await assertFit(page, `${name}, ${colorScheme}, ${width}`);
      if (process.env.SHOTS)
        await page.screenshot({
          path: `${process.env.SHOTS}/webhooks-${name}-${colorScheme}-${width}.png`,
          fullPage: true,
        });
    }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(WIDE);
}

test("webhooks", async (t) => {
  const { page, context, faults } = await openPage(browser, program.url, {
    storageState: fleet.owner,
  });
  const dialog = page.getByRole("dialog");

  await t.test("an empty page says what will be here", async () => {
    await page.goto(`/o/${fleet.organization}/webhooks`);
    await heading(page, "Webhooks");
    await page.getByText("No webhooks").waitFor();
    await look(page, "empty");
  });

  await t.test("an address that may not be called is refused at its field", async () => {
    await press(page, "Add webhook");
    await dialog.getByLabel("Address").fill("http://127.0.0.1/");
    await dialog.getByLabel(/license\.expired/).check();
    await dialog.getByLabel(/pool\.low/).check();
    await press(dialog, "Add webhook");
    await dialog.getByText("this server sends only to the internet").waitFor();
    await look(page, "refused");
  });

  await t.test("the secret is shown once", async () => {
    await dialog.getByLabel("Address").fill("https://example.com/tenure?key=1");
    await press(dialog, "Add webhook");
    await dialog.getByText(/^whsec_[A-Za-z0-9+/]{43}=$/).waitFor();
    await look(page, "secret");
    await press(dialog, "Done");
    const row = page.getByRole("row", { name: /example\.com/ });
    await row.getByText("license.expired").waitFor();
    await page.reload();
    await row.waitFor();
    assert.ok(!(await page.content()).includes("whsec_"));
  });

  await t.test("a test message is among the deliveries, and the address holds that they are shown", async () => {
    await press(page, /^Test/);
    await page.getByRole("row", { name: /webhook\.test/ }).waitFor();
    assert.match(page.url(), /\?webhook=/);
    await page.reload();
    await page.getByRole("row", { name: /webhook\.test/ }).waitFor();
    await look(page, "full");
  });

  await t.test("it is deleted after a question", async () => {
    await press(page, /^Delete/);
    await look(page, "delete");
    await press(dialog, "Delete");
    await page.getByText("No webhooks").waitFor();
  });

  assert.deepEqual(faults, []);
  await context.close();
});
