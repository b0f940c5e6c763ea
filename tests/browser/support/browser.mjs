// Debian's chromium, driven by playwright; every page is watched for errors and violations of the page policy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const WAIT_MS = 30_000;
/** Answers of the API come up to so many milliseconds late, at random: finds tests that win by luck. */
const LATE_MS = Number(process.env.TENURE_TEST_LATE_MS ?? 0);

export const WIDE = { width: 1280, height: 900 },
  NARROW = { width: 390, height: 844 };

/** `letters` is the usual size in pixels that its user has chosen. */
export const launch = ({ letters = 16 } = {}) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...FLAGS, `--blink-settings=defaultFontSize=${letters}`],
  });

/** A fresh page, signed in if `storageState` says so; `faults` collects what must not happen. */
export async function openPage(browser, url, { viewport = WIDE, ...options } = {}) {
  const context = await browser.newContext({
    baseURL: url,
    viewport,
    locale: "en-GB",
    timezoneId: "Europe/Warsaw",
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(WAIT_MS);
  if (LATE_MS)
    await context.route("**/api/**", async (route) => {
      await delay(Math.random() * LATE_MS);
      await route.continue().catch(() => {}); // the page may be gone
    });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // The browser reports every refused request; whether one was right is for the test to say.
    const refused = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !refused) faults.push(`console: ${message.text()}`);
  });
  await page.addInitScript(() =>
    addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    ),
  );
  return { page, context, faults };
}

/** No fault of accessibility that axe finds, and nothing that scrolls sideways. */
export async function assertFit(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"], // of what passes it need not name every element
    }),
  );
  assert.deepEqual(
    violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
    ),
    [],
    what,
  );
  const { scroll, shown } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    shown: document.documentElement.clientWidth,
  }));
  assert.ok(scroll <= shown, `${what} scrolls sideways: ${scroll} px in ${shown}`);
}
