// Actions on sensors, each with its undo if there is one.
import { announce } from "../announce";
import type { License, Replacement } from "../api";
import {
  addSensor,
  assignLicense,
  changeSensor,
  previewChange,
  removeSensor,
  replaceSensor,
  takeBack,
} from "../api";
import { changed } from "../changes";
import { date } from "../format";
import type { Subject } from "./subject";

/** What switching auto renewal on would take from the pool now. */
export const previewAutoRenewal = (of: Subject) =>
  previewChange(of.organization, of.serial, { auto_renewal: true });

export async function setAutoRenewal(of: Subject, on: boolean): Promise<void> {
  const { renewed } = await changeSensor(of.organization, of.serial, { auto_renewal: on });
  changed(of.serial);
  const mine = renewed.find(({ serial }) => serial === of.serial);
  const words = mine
    ? `${of.called}: auto renewal is on, active until ${date(mine.last_day)}`
    : `${of.called}: auto renewal is ${on ? "on" : "off"}`;
  announce(words, async () => {
    try {
      if (mine) await takeBack(of.organization, mine.license_id);
      const back = await changeSensor(of.organization, of.serial, { auto_renewal: !on });
      const again = back.renewed.find(({ serial }) => serial === of.serial);
      if (again) return `${of.called}: auto renewal is on, active until ${date(again.last_day)}`;
    } finally {
      changed(of.serial);
    }
    return mine
      ? `${of.called}: auto renewal is off, the license is back in the pool`
      : `${of.called}: auto renewal is ${on ? "off" : "on"} again`;
  });
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

/** `show` gets the new serial of the sensor. Not `undoable`: the old serial needs its claim code. */
export async function replace(
  of: Subject,
  by: Replacement,
  undoable: boolean,
  show: (serial: string) => void,
): Promise<void> {
  await replaceSensor(of.organization, of.serial, by);
  show(by.serial);
  changed();
  const words = `${of.called} now has the serial ${by.serial}`;
  if (!undoable) return announce(words);
  announce(words, async () => {
    await replaceSensor(of.organization, by.serial, { serial: of.serial });
    show(of.serial);
    changed();
    return `${of.called} has the serial ${of.serial} again`;
  });
}

/** `name` and `queue` are needed to undo it: waiting licenses are assigned again, in the same order. Not `undoable`:
 * adding it again would take a license, or needs its claim code. */
export async function remove(
  of: Subject,
  name: string | null,
  undoable: boolean,
  queue: License[],
): Promise<void> {
  const { organization, serial, called, auto_renewal } = of;
  await removeSensor(organization, serial);
  changed();
  const words = `${called} removed`;
  if (!undoable) return announce(words);
  announce(words, async () => {
    await addSensor(organization, { serial, ...(name ? { name } : {}), auto_renewal });
    for (const { key } of queue) await assignLicense(organization, serial, key);
    changed();
    return `${called} is back`;
  });
}
