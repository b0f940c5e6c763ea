// The names of the roles and their permissions.
import type { Role } from "../../api";

export const ROLES: { value: Role; words: string; may: string }[] = [
  { value: "analyst", words: "Analyst", may: "sees sensors, measurements and alerts" },
  { value: "manager", words: "Manager", may: "also manages licenses, sensors and notifications" },
  { value: "administrator", words: "Administrator", may: "also invites members and changes settings" },
];

export const roleWords = (role: Role) => ROLES.find(({ value }) => value === role)!.words;

/** In the middle of a sentence: "a manager", "an analyst". */
export const asRole = (role: Role) => `${role === "manager" ? "a" : "an"} ${role}`;
