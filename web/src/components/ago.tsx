// How long ago something was, in words that stay true.
import { ago } from "../format";
import { useTicking } from "../live";

export function Ago({ at }: { at: string }) {
  return <>{useTicking(() => ago(at))}</>;
}
