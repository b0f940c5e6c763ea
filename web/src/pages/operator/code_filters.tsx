// The filters of the issued codes.
import { Choice } from "../../components/choice";
import { Search } from "../../components/search";
import { setQuery } from "../../router";

export const STATES = [
  { value: "", words: "All" },
  { value: "issued", words: "Issued" },
  { value: "redeemed", words: "Redeemed" },
  { value: "expired", words: "Expired" },
  { value: "revoked", words: "Revoked" },
];

export function CodeFilters({ state, reference }: { state: string; reference: string }) {
  return (
    <div class="filters">
      <Search name="reference" value={reference} label="Search reference" />
      <Choice
        label="State"
        value={state}
        onChoose={(chosen) => setQuery({ state: chosen })}
        options={STATES}
      />
    </div>
  );
}
