// A state's sign, colour and word.
import type { ComponentChildren } from "preact";
import type { LicenseState, SensorState } from "../api";
import { Icon } from "./icon";

export type Shown = "active" | "soon" | "expired" | "none";

interface SignProps {
  state: Shown;
  quiet?: boolean;
  children: ComponentChildren;
}

export function Sign({ state, quiet, children }: SignProps) {
  return (
    <span class={`sign sign-${state}${quiet ? " zero" : ""}`}>
      <Icon name={state} />
      <span>{children}</span>
    </span>
  );
}

const WORDS: Record<SensorState, [Shown, string]> = {
  active: ["active", "Active"],
  expired: ["expired", "Expired"],
  unlicensed: ["none", "Never licensed"],
};

export function StateSign({ state }: { state: SensorState }) {
  const [shown, words] = WORDS[state];
  return <Sign state={shown}>{words}</Sign>;
}

const LICENSE_WORDS: Record<LicenseState, [Shown, string]> = {
  active: ["active", "Active"],
  queued: ["soon", "Queued"],
  expired: ["expired", "Expired"],
  revoked: ["none", "Revoked"],
};

export function LicenseSign({ state }: { state: LicenseState }) {
  const [shown, words] = LICENSE_WORDS[state];
  return <Sign state={shown}>{words}</Sign>;
}
