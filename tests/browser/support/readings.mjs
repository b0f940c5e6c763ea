// Measurements as the API answers them, made up: for plots of any past.
const HEAD = { channel: 1, type: "temperature", unit: "°C" };
const DOOR = { channel: 1, type: "ok_alarm", unit: "" };

const instant = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

export const value = (at, value, head = HEAD) => ({ ...head, at: instant(at), value });
export const fault = (at) => ({ ...HEAD, at: instant(at), error_code: 8388597 });
export const state = (at, state) => ({ ...DOOR, at: instant(at), state });
export const bucket = (at, min, mean, max, count, head = HEAD) => ({
  ...head,
  at: instant(at),
  min,
  mean,
  max,
  count,
});

/** Values from `from` on, `count` of them, `step` seconds apart. */
export const steady = (from, count, step) =>
  Array.from({ length: count }, (_, index) => value(from + index * step, 4 + Math.sin(index / 7)));

/** Answers for the measurements of a page; `read(query)` gives the items of a request. */
export async function answerReadings(page, read) {
  await page.route(/\/api\/v1\/.*\/measurements\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = Date.parse(query.get("from") ?? "1970-01-01T00:00:00Z");
    const items = read(query).filter(({ at }) => query.has("resolution") || Date.parse(at) >= from);
    const limit = Number(query.get("limit"));
    const skip = Number(query.get("cursor") ?? 0);
    const rest = skip + limit < items.length ? String(skip + limit) : null;
    return route.fulfill({ json: { items: items.slice(skip, skip + limit), next: rest } });
  });
}

/** The sensor and its channel as the server says, with the licenses that `change` makes of it. */
export async function answerSensor(page, serial, items) {
  await page.route(new RegExp(`/api/v1/.*/sensors/${serial}$`), async (route) => {
    const answer = await route.fetch();
    const sensor = await answer.json();
    const last = items[items.length - 1];
    const { min, mean, max, count, ...latest } = last ?? {};
    await route.fulfill({ json: { ...sensor, channels: last ? [latest] : [] } });
  });
}
