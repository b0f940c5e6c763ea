// The plot of a sensor: every saved value is drawn, on an axis of the whole range, and gaps are honest.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { assertFit, launch, NARROW, openPage } from "./support/browser.mjs";
import { FRIDGE, makeFleet } from "./support/fleet.mjs";
import { heading } from "./support/page.mjs";
import { startProgram } from "./support/program.mjs";
import { answerReadings, answerSensor, bucket, fault, state, steady, value } from "./support/readings.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const HOUR = 3600,
  DAY = 24 * HOUR;
const now = Math.floor(Date.now() / 1000);
const instant = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
const at = ({ at }) => Date.parse(at) / 1000;

/** 16 hours of a sample each half hour, then 8 hours of one each 5 minutes. */
const MIXED = [...steady(now - DAY + 120, 31, 1800), ...steady(now - 8 * HOUR, 95, 300)];

describe("the columns of a plot", () => {
  let columns, folder;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tenure-plot-"));
    const outfile = join(folder, "columns.mjs");
    await require("esbuild").build({
      stdin: {
        contents: 'export * from "./columns"; export * from "./spans";',
        resolveDir: new URL("../../web/src/pages/sensor", import.meta.url).pathname,
        loader: "ts",
      },
      bundle: true,
      format: "esm",
      outfile,
    });
    columns = await import(outfile);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const series = (items, more = {}) => ({
    items,
    resolution: null,
    cut: false,
    shown: { from: (now - DAY) * 1000, until: now * 1000 },
    held: null,
    before: null,
    ...more,
  });
  const values = ({ middle }) => middle.filter((one) => one !== null).length;
  const breaks = ({ middle }) => middle.filter((one) => one === null).length;
  const gapped = (steps) => {
    let time = 0;
    const gaps = columns.gapsAfter([0, ...steps.map((step) => (time += step * 60))]);
    return gaps.flatMap((gap, index) => (gap ? [index] : []));
  };

  test("a change of the period is no gap, in either direction", () => {
    const slow = Array(32).fill(30),
      fast = Array(96).fill(5);
    assert.deepEqual(gapped([...slow, ...fast]), []);
    assert.deepEqual(gapped([...fast, ...slow]), []);
    assert.deepEqual(gapped([...fast, ...slow, ...fast, ...Array(9).fill(120)]), []);
    assert.deepEqual(gapped([...fast, 30, 30, ...fast]), [], "two steps alike");
  });

  test("silence is a gap at each period, also where the period changes", () => {
    assert.deepEqual(gapped([5, 5, 5, 60, 5, 5, 5]), [3]);
    assert.deepEqual(gapped([30, 30, 30, 600, 5, 5, 5]), [3]);
    assert.deepEqual(gapped([5, 5, 90, 5, 5, 5, 5, 5, 5, 240, 5]), [2, 9]);
    assert.deepEqual(gapped([5, 5, 10, 5, 15, 5]), [], "one or two samples are lost");
    assert.deepEqual(gapped([900]), [], "two samples show no period");
    assert.deepEqual(gapped([]), []);
  });

  test("no value of a mix of periods is left out", () => {
    const made = columns.columnsOf(series(MIXED), false, []);
    assert.equal(values(made), MIXED.length);
    assert.equal(breaks(made), 0);
  });

  test("no line crosses time without a license, and none a sensor error", () => {
    const items = steady(now - 2 * HOUR, 24, 300);
    const bare = [{ from: at(items[5]) * 1000 + 1000, until: at(items[6]) * 1000 - 1000 }];
    const cut = columns.columnsOf(series(items), false, bare);
    assert.equal(values(cut), 24);
    assert.equal(breaks(cut), 1);
    items[10] = fault(at(items[10]));
    const faulty = columns.columnsOf(series(items), false, []);
    assert.equal(values(faulty), 23);
    assert.deepEqual(faulty.errors, [at(items[10])]);
  });

  test("a value without neighbours is a dot, a bucket without neighbours keeps its peak", () => {
    const made = columns.columnsOf(
      series([bucket(now - 9 * HOUR, 1, 5, 30, 12), bucket(now - HOUR, 2, 5, 9, 12)], { resolution: HOUR }),
      false,
      [],
    );
    assert.deepEqual(columns.alone(made.middle), [0, 2]);
    assert.deepEqual(made.high, [30, null, 9]);
    assert.deepEqual(made.low, [1, null, 2]);
  });

  test("between full buckets a missing one is a gap, between sparse ones it is not", () => {
    const at = [0, 1, 2, 4, 5, 6].map((hour) => now - DAY + hour * HOUR);
    const of = (count) =>
      columns.columnsOf(series(at.map((one) => bucket(one, 1, 2, 3, count)), { resolution: HOUR }), false, []);
    assert.equal(breaks(of(12)), 1);
    assert.equal(breaks(of(1)), 0);
  });

  test("the axis is the range, and reaches to a sample whose clock is ahead", () => {
    assert.deepEqual(columns.axisOf(series([])), [now - DAY, now]);
    assert.deepEqual(columns.axisOf(series([value(now - 60, 1)])), [now - DAY, now]);
    assert.deepEqual(columns.axisOf(series([value(now + 120, 1)])), [now - DAY, now + 120]);
  });

  test("a state holds until the next one, until its license ends, and as long as the server says", () => {
    const doors = [state(now - 5 * HOUR, "alarm"), state(now - 4 * HOUR, "ok")];
    const held = [{ from: (now - 5 * HOUR) * 1000, until: (now - HOUR) * 1000 }];
    const made = columns.columnsOf(series(doors, { held }), true, []);
    assert.deepEqual(made.times.slice(0, 3), [now - 5 * HOUR, now - 4 * HOUR, now - HOUR]);
    assert.deepEqual(made.middle, [1, 0, 0, null]);
    const bare = [{ from: (now - 3 * HOUR) * 1000, until: now * 1000 }];
    const ended = columns.columnsOf(series(doors, { held }), true, bare);
    assert.equal(ended.times[2], now - 3 * HOUR);
    const forever = [{ from: (now - DAY) * 1000, until: (now + 300) * 1000 }];
    const open = columns.columnsOf(series([], { held: forever, before: 1 }), true, []);
    assert.deepEqual(open.times, [now - DAY, now]);
    assert.deepEqual(open.middle, [1, 1]);
  });

  test("the time without a license is found between, before and after licenses, up to now", () => {
    const license = (from, until, state = "active") => ({
      state,
      starts_at: instant(from),
      expires_at: instant(until),
    });
    const whole = { from: (now - DAY) * 1000, until: now * 1000 };
    const of = (...licenses) =>
      columns
        .uncovered(licenses, whole, now * 1000)
        .map(({ from, until }) => [from / 1000 - now, until / 1000 - now]);
    assert.deepEqual(of(license(now - 9 * DAY, now + DAY)), []);
    assert.deepEqual(of(), [[-DAY, 0]]);
    assert.deepEqual(of(license(now - 9 * DAY, now - HOUR, "expired")), [[-HOUR, 0]]);
    assert.deepEqual(
      of(license(now - 3 * HOUR, now + DAY), license(now - 9 * DAY, now - 9 * HOUR, "expired")),
      [[-9 * HOUR, -3 * HOUR]],
    );
    assert.deepEqual(of(license(now - HOUR, now + DAY, "queued")), [[-DAY, 0]]);
  });
});

describe("the plot on the page of a sensor", () => {
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

  /** The page of a sensor with these measurements and licenses: pairs of Unix seconds. */
  async function open(read, { range = "", latest, licenses = [[now - 90 * DAY, now + DAY]], ...options } = {}) {
    const opened = await openPage(browser, program.url, { storageState: fleet.owner, ...options });
    const { page } = opened;
    await answerReadings(page, typeof read === "function" ? read : () => read);
    await answerSensor(page, FRIDGE, latest ?? read);
    await page.route(/\/api\/v1\/.*\/sensors\/[^/]*\/licenses/, async (route) => {
      const { items } = await (await route.fetch()).json();
      const made = licenses.map(([from, until], index) => ({
        ...items[0],
        id: `license ${index}`,
        state: until > now ? "active" : "expired",
        starts_at: instant(from),
        expires_at: instant(until),
      }));
      await route.fulfill({ json: { items: made, next: null } });
    });
    await page.goto(`/o/${fleet.organization}/sensors/${FRIDGE}${range}`);
    await heading(page, "Measurements");
    return opened;
  }

  /** The colours of the plot's columns at these times: the darkest red of each, and the one at the top. */
  const lookAt = (page, times, span = DAY) =>
    page.evaluate(
      ({ times, from, until }) => {
        const canvas = document.querySelector(".plot canvas"),
          over = document.querySelector(".plot .u-over").getBoundingClientRect(),
          box = canvas.getBoundingClientRect();
        const pixels = canvas.getContext("2d");
        return times.map((time) => {
          const x = over.left - box.left + ((time - from) / (until - from)) * over.width;
          const { data } = pixels.getImageData(Math.round(x) - 2, over.top - box.top, 5, over.height);
          let darkest = 255;
          for (let at = 0; at < data.length; at += 4)
            if (data[at + 3] > 0) darkest = Math.min(darkest, data[at] + 255 - data[at + 3]);
          return { darkest, shaded: pixels.getImageData(x, over.top - box.top + 40, 1, 1).data[3] > 0 };
        });
      },
      { times, from: Date.now() / 1000 - span, until: Date.now() / 1000 },
    );
  const drawn = async (page, items, span) =>
    (await lookAt(page, items.map(at), span)).filter(({ darkest }) => darkest < 170).length;
  const eventually = async (page, items, span) => {
    await page.locator(".plot .u-over").waitFor();
    for (let turn = 0; turn < 100 && (await drawn(page, items, span)) < items.length; turn++)
      await page.waitForTimeout(50);
    return drawn(page, items, span);
  };

  test("every value of a day with two periods is drawn, and the axis begins a day ago", async () => {
    const { page, context, faults } = await open(MIXED);
    assert.equal(await eventually(page, MIXED), 126);
    const late = steady(now - 3 * HOUR, 30, 300);
    await context.close();

    const second = await open(late);
    assert.equal(await eventually(second.page, late), 30, "at their places on the whole day");
    await second.context.close();
    assert.deepEqual([...faults, ...second.faults], []);
  });

  test("time without a license is shaded up to now, named, and in the text", async () => {
    const items = steady(now - 20 * HOUR, 60, 300);
    const { page, context, faults } = await open(items, {
      licenses: [[now - 90 * DAY, now - 12 * HOUR]],
    });
    assert.equal(await eventually(page, items), 60);
    await page.getByText("Shaded: no license").waitFor();
    await page.locator("figcaption").getByText("No license since").waitFor();
    await page.getByRole("img", { name: /No license since/ }).waitFor();
    const [covered, bare, end] = await lookAt(page, [now - 14 * HOUR, now - 6.5 * HOUR, now - 700]);
    assert.deepEqual([covered.shaded, bare.shaded, end.shaded], [false, true, true]);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("one value is a dot, none says when the latest was", async () => {
    const one = [value(now - 5 * HOUR, 4)];
    const { page, context } = await open(one);
    assert.equal(await eventually(page, one), 1);
    await context.close();
    const old = [value(now - 3 * DAY, 4)];
    const second = await open(old);
    await heading(second.page, "No measurements in the last 24 hours");
    await second.page.getByRole("button", { name: "Show all" }).click();
    assert.equal(await eventually(second.page, old, 3 * DAY), 1);
    await second.context.close();
  });

  test("states, sensor errors and buckets are drawn, and look right narrow and dark", async () => {
    const doors = [state(now - 15 * HOUR, "alarm"), state(now - 14 * HOUR, "ok")];
    const shares = Array.from({ length: 288 }, (_, index) =>
      bucket(now - (now % 300) - DAY + (index + 1) * 300, 0, 0, 0, 0, { channel: 1, type: "ok_alarm", unit: "" }),
    );
    const week = Array.from({ length: 160 }, (_, index) =>
      bucket(now - (now % HOUR) - (159 - index) * HOUR, 3, 4, index === 80 ? 40 : 5, 12),
    );
    for (const [items, read, range, words] of [
      [doors, (query) => (query.has("resolution") ? shares : doors), "", "Alarm: 1 time “alarm”"],
      [week, () => week, "?range=7d", "highest 40.0 °C"],
      [[...MIXED, fault(now - 60)], null, "", "1 sensor error"],
    ]) {
      const options = { range, latest: items, viewport: NARROW, colorScheme: "dark", bypassCSP: true };
      const { page, context, faults } = await open(read ?? items, options);
      await page.locator("figcaption").getByText(words).waitFor();
      await page.locator(".plot .u-over").waitFor();
      await assertFit(page, words);
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  test("a new measurement appears in the same plot", async () => {
    const items = steady(now - 3 * HOUR, 30, 300);
    const { page, context, faults } = await open(() => items, { latest: items });
    await page.locator(".plot .u-over").waitFor();
    await page.evaluate(() => (document.querySelector(".plot canvas").dataset.same = "yes"));
    items.push(value(now - 120, 9));
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await page.locator("figcaption").getByText("31 measurements").waitFor();
    assert.equal(await page.locator(".plot canvas").getAttribute("data-same"), "yes");
    assert.equal(await eventually(page, items), 31);
    assert.deepEqual(faults, []);
    await context.close();
  });
});
