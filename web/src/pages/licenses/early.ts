// What the License Manager shows first, asked for before the session is known.
import { getForecast, getLicenseManager, getLicenses, getNoticeRecipients, getSensor } from "../../api";
import { FORECAST_MONTHS } from "../sensor/use_held";
import { asked, queryOf } from "./list_query";

export function licensesEarly(organization: string, query: URLSearchParams): void {
  const wanted = asked(query, "UTC");
  // The days to the end depend on the organization's time zone.
  if (wanted.within === null) void getLicenseManager(organization, queryOf(wanted));
  void getForecast(organization, FORECAST_MONTHS);
  void getNoticeRecipients(organization);
  const serial = query.get("sensor");
  if (!serial) return;
  void getSensor(organization, serial);
  void getLicenseManager(organization, { q: serial });
  void getLicenses(organization, serial, null);
}
