// Actions on licenses, each with its undo.
import { announce } from "../announce";
import type { AssignmentOrder, License } from "../api";
import {
  assignLicense,
  assignMany,
  changeSensor,
  getLicenseManager,
  orderQueue,
  takeBack,
} from "../api";
import { changed } from "../changes";
import { count, date, term } from "../format";
import type { Subject } from "./subject";

export function assignedWords(called: string, license: License): string {
  const until = date(license.last_day);
  return license.state === "queued"
    ? `${called}: queued until ${until}`
    : `${called}: active until ${until}`;
}

export async function assign(to: Subject, key?: string): Promise<void> {
  const license = await assignLicense(to.organization, to.serial, key);
  changed(to.serial);
  announce(assignedWords(to.called, license), async () => {
    await takeBack(to.organization, license.id);
    changed(to.serial);
    return `${to.called}: the license is back in the pool`;
  });
}

const UNDO_AT_MOST = 200; // licenses go back one by one

export async function assignToMany(organization: string, order: AssignmentOrder): Promise<void> {
  const { results } = await assignMany(organization, order);
  changed();
  const given = results.flatMap(({ licenses }) => licenses);
  const words = `${count(given.length, "license", "licenses")} assigned to ${count(results.length, "sensor", "sensors")}`;
  if (given.length > UNDO_AT_MOST) return announce(words);
  announce(words, async () => {
    try {
      // The last of a queue first, so that none has to move.
      for (const license of given.reverse()) await takeBack(organization, license.id);
    } finally {
      changed();
    }
    return `${count(given.length, "license is", "licenses are")} back in the pool`;
  });
}

/**
 * A returned license: it is in the pool, or went to a sensor that waited for one. If the check
 * fails, it counts as in the pool, and undoing it reports the real state.
 */
async function wentOn(organization: string): Promise<boolean> {
  return getLicenseManager(organization, { limit: 1 }).then(
    ({ licenses_left }) => licenses_left === 0,
    () => false,
  );
}

/** `queue` is what waits now, in order. */
export async function takeBackLicense(
  from: Subject,
  license: License,
  queue: License[],
): Promise<void> {
  const waiting = license.state === "queued";
  await takeBack(from.organization, license.id);
  changed(from.serial);
  const what = `${from.called}: a license of ${term(license.term)}`;
  if (await wentOn(from.organization))
    return announce(`${what} was taken back and went to a sensor that had none`);
  const words = `${what} is back in the pool`;
  // The queue moved up after the running license was taken back: that cannot be undone.
  if (!waiting && queue.length > 0) return announce(words);
  announce(words, async () => {
    const again = await assignLicense(from.organization, from.serial, license.key);
    if (waiting && queue.length > 1) {
      const order = queue.map(({ id }) => (id === license.id ? again.id : id));
      await orderQueue(from.organization, from.serial, order);
    }
    if (!waiting && from.auto_renewal)
      await changeSensor(from.organization, from.serial, { auto_renewal: true });
    changed(from.serial);
    return assignedWords(from.called, again);
  });
}

export async function reorder(of: Subject, before: License[], wanted: string[]): Promise<void> {
  await orderQueue(of.organization, of.serial, wanted);
  changed(of.serial);
  announce(`${of.called}: queue reordered`, async () => {
    await orderQueue(
      of.organization,
      of.serial,
      before.map(({ id }) => id),
    );
    changed(of.serial);
    return `${of.called}: the queue is in its old order again`;
  });
}
