// The roles that may see a page.
import type { Role } from "../api";

/** The audience of a page: all members, managers and administrators, or administrators. */
export type Who = "members" | "managers" | "administrators";

export const ALLOWED: Record<Who, Role[]> = {
  members: ["administrator", "manager", "analyst"],
  managers: ["administrator", "manager"],
  administrators: ["administrator"],
};
