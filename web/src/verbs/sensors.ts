// Actions on sensors, each with its undo if there is one.
import { announce } from "../announce";
import type { License } from "../api";
import { addSensor, assignLicense, changeSensor, removeSensor, replaceSensor } from "../api";
import { changed } from "../changes";
import type { Subject } from "./subject";

export async function setAutoRenewal(of: Subject, on: boolean): Promise<void> {
  await changeSensor(of.organization, of.serial, { auto_renewal: on });
  changed(of.serial);
}

export async function pauseAlarms(of: Subject, paused: boolean): Promise<void> {
  await changeSensor(of.organization, of.serial, { alarms_paused: paused });
  changed(of.serial);
}

export async function rename(of: Subject, name: string, before: string): Promise<void> {
  await changeSensor(of.organization, of.serial, { name });
  changed(of.serial);
  announce(`Renamed to ${name || of.serial}`, async () => {
    await changeSensor(of.organization, of.serial, { name: before });
    changed(of.serial);
    return `Renamed back to ${before || of.serial}`;
  });
}

/** `show` gets the new serial of the sensor. */
export async function replace(
  of: Subject,
  by: string,
  show: (serial: string) => void,
): Promise<void> {
  await replaceSensor(of.organization, of.serial, by);
  show(by);
  changed();
  announce(`${of.called} now has the serial ${by}`, async () => {
    await replaceSensor(of.organization, by, of.serial);
    show(of.serial);
    changed();
    return `${of.called} has the serial ${of.serial} again`;
  });
}

/** `name` and `queue` are needed to undo it: waiting licenses are assigned again, in the same order. */
export async function remove(
  of: Subject,
  name: string | null,
  covered: boolean,
  queue: License[],
): Promise<void> {
  const { organization, serial, called, auto_renewal } = of;
  await removeSensor(organization, serial);
  changed();
  const words = `${called} removed`;
  if (!covered) return announce(words); // adding it again would take a license
  announce(words, async () => {
    await addSensor(organization, { serial, ...(name ? { name } : {}), auto_renewal });
    for (const { key } of queue) await assignLicense(organization, serial, key);
    changed();
    return `${called} is back`;
  });
}
