// Who may see which page.
import type { Role } from "../api";

/** Whom a page is for: all, those who look after licenses, or those who look after everything. */
export type Who = "members" | "managers" | "administrators";

export const ALLOWED: Record<Who, Role[]> = {
  members: ["administrator", "manager", "analyst"],
  managers: ["administrator", "manager"],
  administrators: ["administrator"],
};
