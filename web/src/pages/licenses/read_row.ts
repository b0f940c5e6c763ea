import type { LicenseManagerPage, LicenseRow } from "../../api";
import { getLicenseManager } from "../../api";

/** One sensor's row as the License Manager knows it now, with the pool beside it. */
export async function readRow(
  organization: string,
  serial: string,
  signal?: AbortSignal,
): Promise<{ row: LicenseRow | null; page: LicenseManagerPage }> {
  const page = await getLicenseManager(organization, { q: serial }, signal);
  return { row: page.items.find((row) => row.serial === serial) ?? null, page };
}
