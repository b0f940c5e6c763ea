// From nothing but an activation code to a saved measurement on the page; then the same pages looked at closely.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertFit, launch, NARROW, openPage, WIDE } from "./support/browser.mjs";
import { measurements, post } from "./support/frame.mjs";
import { heading, press } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";

const OPERATOR = { email: "operator@example.com", password: "a password of the operator" };
const OWNER = { email: "owner@example.com", password: "a password of the owner" };
const FRIDGE = "282C02424EED",
  ROOM = "282C02424EE1";

let program, browser;

before(async () => {
  program = await startProgram();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await program?.stop();
});

const codeBox = (page) => page.getByRole("textbox", { name: "Activation code" });

async function signIn(page, { email, password }) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
}

/** Types a code: wrong at first, then right. */
async function typeCode(page, code) {
  const box = codeBox(page);
  await box.pressSequentially(code.replaceAll("-", "").toLowerCase().slice(0, 20));
  await page.getByText("5 more symbols").waitFor();
  const last = code.slice(-5);
  await box.pressSequentially(last.slice(0, 4) + (last[4] === "0" ? "1" : "0"));
  await page.getByText("There is a typing error").waitFor();
  await page.keyboard.press("Backspace");
  await box.pressSequentially(last[4]);
  await page.getByText("Complete", { exact: true }).waitFor();
  assert.equal(await box.inputValue(), code);
}

async function addSensor(page, serial, name) {
  await page.getByLabel("Serial").fill(serial);
  await page.getByLabel("Name").fill(name);
  await page.keyboard.press("Enter");
}

test("who holds nothing but a code gets from there to a measurement", async (t) => {
  await program.addOperator(OPERATOR.email, OPERATOR.password);
  const first = await program.issueCode(5, "P2Y");
  const { page, context, faults } = await openPage(browser, program.url);
  let second;

  await t.test("an operator issues a code on the page", async () => {
    const operator = await openPage(browser, program.url);
    await signIn(operator.page, OPERATOR);
    await heading(operator.page, "Issued codes");
    await operator.page.getByLabel("Licenses", { exact: true }).fill("3");
    await operator.page.getByRole("textbox", { name: "Reference optional" }).fill("order 4711");
    await press(operator.page, "Issue code");
    second = await operator.page.locator(".issued-code").innerText();
    await operator.page
      .getByRole("row", { name: /order 4711.*3 licenses of 2 years.*Issued/ })
      .waitFor();
    assert.deepEqual(operator.faults, []);
    await operator.context.close();
  });

  await t.test(
    "the code becomes an account and an organization; reloading loses nothing",
    async () => {
      await page.goto("/");
      await page.getByRole("link", { name: "I have an activation code" }).click();
      await typeCode(page, first);
      await page.keyboard.press("Enter");
      await heading(page, "Create your account");
      await page.reload();
      await heading(page, "Create your account");
      await page.getByLabel("E-mail").fill(OWNER.email);
      await page.getByText("At least 10 characters, such as four words.").waitFor();
      await page.getByLabel("Password").fill("x");
      await page.keyboard.press("Enter");
      await page.locator(".field-error", { hasText: "shorter than 10 characters" }).waitFor();
      assert.equal(await page.getByLabel("E-mail").inputValue(), OWNER.email);
      await page.getByLabel("Password").fill(OWNER.password);
      await page.keyboard.press("Enter");
      await heading(page, "Name your organization");
      await page.reload();
      await heading(page, "Name your organization");
      const zone = page.getByRole("combobox", { name: "Time zone" });
      assert.equal(await zone.inputValue(), "Europe/Warsaw");
      await zone.fill("madrid");
      await page.keyboard.press("Enter");
      assert.equal(await zone.inputValue(), "Europe/Madrid");
      await page.getByLabel("Name", { exact: true }).fill("Example pharmacy");
      await press(page, "Continue");
      await heading(page, "5 licenses of 2 years are in your pool");
    },
  );

  await t.test("the first sensors are added, a bad serial is explained at the field", async () => {
    await addSensor(page, "28", "Vaccine fridge");
    await page.locator(".field-error").waitFor();
    assert.equal(await page.getByLabel("Serial").getAttribute("aria-invalid"), "true");
    await addSensor(page, "28:2c:02:42:4e:ed", "Vaccine fridge");
    await page.getByRole("list", { name: "Added sensors" }).getByText(FRIDGE).waitFor();
    await page.reload();
    await page.getByRole("list", { name: "Added sensors" }).getByText(FRIDGE).waitFor();
    await page.getByText("4 licenses left").waitFor();
    await press(page, "Go to the License Manager");
    await heading(page, "License Manager");
    await press(page, "Add sensor");
    const dialog = page.getByRole("dialog", { name: "Add sensor" });
    await dialog.getByLabel("Serial").fill(ROOM);
    await dialog.getByLabel("Name").fill("Cold room");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /Cold room/ }).waitFor();
    await page.locator(".summary-number", { hasText: /^3$/ }).waitFor();
  });

  await t.test("signed out, a page asks to sign in and then shows what was asked for", async () => {
    const address = `${new URL(page.url()).pathname}?q=Cold`;
    await press(page, "Sign out");
    await heading(page, "Sign in");
    await page.goto(address);
    await heading(page, "Sign in");
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByLabel("Password").fill("not the password");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill(OWNER.password);
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /Cold room/ }).waitFor();
    assert.equal(await page.getByRole("row", { name: /Vaccine fridge/ }).count(), 0);
    await page.goto(address.split("?")[0]);
  });

  await t.test("a second code is previewed and redeemed by keyboard alone", async () => {
    await page.getByRole("row", { name: /Cold room/ }).waitFor();
    await page.keyboard.press("a");
    await typeCode(page, second);
    await page.getByText("3 licenses of 2 years").waitFor();
    await page.getByText("Licenses left: 3 now, 6 afterwards.").waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".summary-number", { hasText: /^6$/ }).waitFor();
    await page.getByText("3 licenses of 2 years added").waitFor();
  });

  await t.test("a license is queued behind the one that runs", async () => {
    await press(page, "Assign a license to Cold room");
    await press(page, "Assign");
    await page.getByText(/Cold room: queued until \d+ \w+ \d{4}/).waitFor();
    await page.getByRole("row", { name: /Cold room.*then queued until/ }).waitFor();
    await page.locator(".summary-number", { hasText: /^5$/ }).waitFor();
  });

  await t.test("auto renewal is switched by keyboard and stays", async () => {
    const toggle = page.getByRole("switch", { name: "Auto renewal of Vaccine fridge" });
    assert.equal(await toggle.isChecked(), true);
    await toggle.focus();
    const answered = page.waitForResponse((answer) => answer.request().method() === "PATCH");
    await page.keyboard.press("Space");
    assert.equal((await answered).ok(), true);
    await page.reload();
    await toggle.waitFor();
    assert.equal(await toggle.isChecked(), false);
  });

  await t.test(
    "a measurement under the license is shown, one from before is counted as refused",
    async () => {
      const now = Math.floor(Date.now() / 1000);
      const message = (at) =>
        measurements({
          serial: FRIDGE,
          period: 60,
          channels: [
            { type: 1, at, raw: [45] },
            { type: 2, at, raw: [61] },
          ],
        });
      await page.addInitScript(() => {
        const write = CanvasRenderingContext2D.prototype.fillText;
        globalThis.written = [];
        CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
          globalThis.written.push(text);
          write.call(this, text, ...where);
        };
      });
      assert.equal(await post(program.coap, message(now)), "2.01");
      assert.equal(await post(program.coap, message(now - 86400)), "2.01");
      await page.reload();
      await page.getByRole("row", { name: /Vaccine fridge.*2 measurements refused/ }).waitFor();
      await page.getByRole("link", { name: "Vaccine fridge" }).click();
      await page.getByRole("link", { name: "Measurements" }).click();
      await page.getByText("4.5 °C").first().waitFor();
      await page.getByText("61 %").first().waitFor();
      await page
        .getByRole("img", { name: /Temperature: 1 measurement in the last 24 hours/ })
        .waitFor();
      // Its hour: the plot is drawn after its name is there.
      await page.waitForFunction(
        () => globalThis.written.filter((text) => /^\d\d:\d\d$/.test(text)).length >= 2,
      );
      await page.getByText("Table of values").click();
      await page.getByRole("cell", { name: "4.5", exact: true }).waitFor();
      await page.getByRole("img", { name: /Timeline of licenses: active/ }).waitFor();
    },
  );

  await t.test("a sensor is renamed in place", async () => {
    await press(page, "Rename");
    await page.keyboard.type("Vaccine fridge 2");
    await page.keyboard.press("Enter");
    await heading(page, "Vaccine fridge 2");
    await page.reload();
    await heading(page, "Vaccine fridge 2");
  });

  await t.test("what does not exist is said plainly", async () => {
    await page.goto(`${new URL(page.url()).pathname.replace(FRIDGE, "000000000000")}`);
    await heading(page, "There is no such sensor");
    await page.goto("/o/nothing/licenses");
    await heading(page, "There is no such page");
  });

  await t.test("nothing broke the page policy and no script failed", () =>
    assert.deepEqual(faults, []),
  );
  await t.test("every page is accessible in light and dark, wide and narrow", async (close) => {
    const storageState = await context.storageState();
    await lookClosely(close, storageState);
  });
});

/** axe needs to run its script in the page, so these contexts set the page policy aside; all others keep it. */
async function lookClosely(t, storageState) {
  for (const [words, viewport] of [
    ["wide", WIDE],
    ["narrow", NARROW],
  ]) {
    for (const colorScheme of ["light", "dark"]) {
      await t.test(`${words}, ${colorScheme}`, async () => {
        const options = { viewport, colorScheme, bypassCSP: true };
        const stranger = await openPage(browser, program.url, options);
        await lookAt(stranger.page, "/sign-in", "Sign in");
        await lookAt(stranger.page, "/start", "Enter your activation code");
        await stranger.context.close();
        const { page, context, faults } = await openPage(browser, program.url, {
          ...options,
          storageState,
        });
        await lookAt(page, "/", "License Manager", ".licenses tbody tr");
        const organization = new URL(page.url()).pathname.split("/")[2];
        await page.keyboard.press("a");
        await codeBox(page).fill("7Q2FM-9XH4C-M0K3T-V8RNE-5WZ1K");
        await assertFit(page, "the dialog for a code");
        const cut = await codeBox(page).evaluate((box) => box.scrollWidth - box.clientWidth);
        assert.ok(cut <= 0, `${cut} px of the code are not seen`);
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
        await assertFit(page, "the list of keys");
        await lookAt(page, `/o/${organization}/licenses?q=nothing-of-this-name`, "Nothing matches");
        await lookAt(page, `/o/${organization}/sensors`, "Sensors", ".table tbody tr");
        await lookAt(page, `/o/${organization}/sensors/${FRIDGE}`, "Vaccine fridge 2", ".u-over");
        assert.deepEqual(faults, []);
        await context.close();
      });
    }
  }
}

async function lookAt(page, address, title, content) {
  await page.goto(address);
  await page.getByRole("heading", { name: title, exact: false }).first().waitFor();
  if (content) await page.locator(content).first().waitFor();
  await assertFit(page, `${address} (${title})`);
}
