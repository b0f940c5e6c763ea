// The note of an empty list.
import type { Counts, LicenseManagerPage } from "../../api";
import { Empty } from "../../components/notes";
import { count, number } from "../../format";
import { Link } from "../../router";
import type { Asked } from "./list_query";

export const total = (counts: Counts) => counts.active + counts.expired + counts.unlicensed;

const NOTHING: Record<string, string> = {
  active: "No sensor is active",
  expiring: "No sensor ends within 30 days",
  expired: "No sensor has expired",
  unlicensed: "Every sensor has had a license",
  stopping: "No sensor stops within 30 days",
  not_saving: "No sensor sends without a license",
};

interface Props {
  page: LicenseManagerPage;
  wanted: Asked;
  onAdd: () => void;
}

export function NoRows({ page, wanted, onAdd }: Props) {
  const { state, within, q } = wanted;
  const { pathname } = location;
  if (total(page.counts) === 0) {
    return (
      <Empty title="No sensors yet">
        <p>
          {page.licenses_left > 0
            ? `Each sensor takes one license from the pool, starting immediately. ${count(page.licenses_left, "license is", "licenses are")} left.`
            : "Each sensor takes one license from the pool. The pool is empty: add an activation code first."}
        </p>
        {page.licenses_left > 0 && (
          <div class="empty-actions">
            <button type="button" onClick={onAdd}>
              Add sensor
            </button>
            <Link href={pathname.replace(/licenses$/, "import")}>Import a list of sensors</Link>
          </div>
        )}
      </Empty>
    );
  }
  if (q) {
    return (
      <Empty title={`Nothing matches “${q}”`}>
        <p>
          The search covers serials and names.{" "}
          <Link href={pathname}>Show all {number(total(page.counts))}</Link>
        </p>
      </Empty>
    );
  }
  return (
    <Empty
      title={(within ? `No sensor ends within ${within} days` : NOTHING[state]) ?? "Nothing here"}
    >
      <p>
        <Link href={pathname}>Show all sensors</Link>
      </p>
    </Empty>
  );
}
