// Claim codes: whether the server requires them, and labels that hold one.
import type { Claim } from "./api";
import { useSession } from "./session";

/** What adding a sensor needs on this server. */
export function useClaim(): Claim {
  return useSession().session?.claim ?? "open";
}

/** The field of a request; an empty code counts as missing. */
export function claimOf(code: string): { claim_code?: string } {
  const given = code.trim();
  return given ? { claim_code: given } : {};
}

/** The text of a label, as a scanner types it: "serial:claim". Null: it has no claim code. */
export function splitLabel(text: string): { serial: string; code: string } | null {
  const parts = /^\s*((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}):([^:]+)$/i.exec(text);
  return parts ? { serial: parts[1]!, code: parts[2]!.trim() } : null;
}
