// The client of the API, by what it is about.
export * from "./alarms";
export * from "./audit";
export { forgetCalls, onSignedOut, preload, Problem } from "./client";
export * from "./licenses";
export * from "./members";
export * from "./notifications";
export * from "./operator";
export * from "./people";
export type { Reach } from "./reach";
export { onReach, reachNow, reportFailed } from "./reach";
export * from "./sensors";
export type * from "./types";
export * from "./webhooks";
