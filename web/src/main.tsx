// The pages of Tenure, by address.
import type { ComponentChildren } from "preact";
import { render } from "preact";
import { Announcer } from "./announce";
import {
  getAlarmRules,
  getAlerts,
  getAuditLog,
  getCalendarFeed,
  getForecast,
  getIssuedCodes,
  getNoticeRecipients,
  getNotices,
  getOrganization,
  getOrganizations,
  getPeople,
  getSensor,
  getSensors,
  getSession,
  getWebhooks,
  preload,
} from "./api";
import { ProblemNote } from "./components/notes";
import { Skeleton } from "./components/skeleton";
import { OrganizationPage } from "./layout/organization_page";
import { Alone, Shell } from "./layout/shell";
import type { Who } from "./layout/who";
import { Alarms } from "./pages/alarms/alarms";
import { Alerts } from "./pages/alerts/alerts";
import { AuditLog } from "./pages/audit/audit_log";
import { Forecast, monthsOf } from "./pages/forecast/forecast";
import { ForgotPassword } from "./pages/forgot_password";
import { ImportSensors } from "./pages/import/import_sensors";
import { Invitation } from "./pages/invitation";
import { licensesEarly } from "./pages/licenses/early";
import { LicenseManager } from "./pages/licenses/license_manager";
import { Members } from "./pages/members/members";
import { NotFound } from "./pages/not_found";
import { Notifications } from "./pages/notifications/notifications";
import { Devices } from "./pages/operator/devices";
import { Operator } from "./pages/operator/operator";
import { Organizations } from "./pages/operator/organizations";
import { PasswordReset } from "./pages/password_reset";
import { SensorPage } from "./pages/sensor/sensor_page";
import { Sensors } from "./pages/sensors/sensors";
import { Settings } from "./pages/settings/settings";
import { SetUp } from "./pages/set_up";
import { SignIn } from "./pages/sign_in";
import { Start } from "./pages/start/start";
import { Webhooks } from "./pages/webhooks/webhooks";
import { match, Redirect, Router, usePlace } from "./router";
import { homeOf, SessionProvider, useSession } from "./session";
import { useSlow } from "./use_resource";

interface Page {
  address: string;
  who: Who;
  page: (found: Record<string, string>) => ComponentChildren;
  /** Asks for what the page shows first. */
  early?: (organization: string, query: URLSearchParams, serial: string) => void;
}

const PAGES: Page[] = [
  {
    address: "/o/:org/licenses",
    who: "managers",
    page: () => <LicenseManager />,
    early: licensesEarly,
  },
  {
    address: "/o/:org/forecast",
    who: "managers",
    page: () => <Forecast />,
    early: (id, query) => void getForecast(id, monthsOf(query)),
  },
  { address: "/o/:org/import", who: "managers", page: () => <ImportSensors /> },
  {
    address: "/o/:org/notifications",
    who: "managers",
    page: () => <Notifications />,
    early: (id) => {
      void getPeople(id, {});
      void getNoticeRecipients(id);
      void getCalendarFeed(id);
      void getNotices(id, {});
    },
  },
  {
    address: "/o/:org/webhooks",
    who: "managers",
    page: () => <Webhooks />,
    early: (id) => void getWebhooks(id),
  },
  {
    address: "/o/:org/members",
    who: "managers",
    page: () => <Members />,
    early: (id) => void getPeople(id, {}),
  },
  { address: "/o/:org/settings", who: "administrators", page: () => <Settings /> },
  {
    address: "/o/:org/audit-log",
    who: "administrators",
    page: () => <AuditLog />,
    // Days of a filter depend on the organization's time zone.
    early: (id, query) => void (query.size === 0 && getAuditLog(id, {})),
  },
  {
    address: "/o/:org/alerts",
    who: "members",
    page: () => <Alerts />,
    early: (id) => {
      void getAlerts(id, { open: true });
      void getAlerts(id, { open: false });
    },
  },
  {
    address: "/o/:org/alarms",
    who: "members",
    page: () => <Alarms />,
    early: (id) => void getAlarmRules(id, {}),
  },
  {
    address: "/o/:org/sensors",
    who: "members",
    page: () => <Sensors />,
    early: (id) => void getSensors(id, {}),
  },
  {
    address: "/o/:org/sensors/:serial",
    who: "members",
    page: ({ serial }) => <SensorPage key={serial} serial={serial!} />,
    early: (id, _, serial) => {
      void getSensor(id, serial);
      void getAlerts(id, { serial, open: true });
    },
  },
];

interface OperatorPage {
  page: () => ComponentChildren;
  early: (query: URLSearchParams) => void;
}

const OPERATOR_PAGES: Record<string, OperatorPage> = {
  "/operator": {
    page: () => <Operator />,
    early: (query) => void (query.size === 0 && getIssuedCodes({})),
  },
  "/operator/devices": { page: () => <Devices />, early: () => {} },
  "/operator/organizations": {
    page: () => <Organizations />,
    early: () => void getOrganizations({}),
  },
};

/** The calls of the first page begin before the session is known, not one after the other. */
function askEarly(): void {
  void getSession();
  const query = new URLSearchParams(location.search);
  OPERATOR_PAGES[location.pathname]?.early(query);
  for (const { address, early } of PAGES) {
    const found = match(address, location.pathname);
    if (!found) continue;
    void getOrganization(found.org!);
    early?.(found.org!, query, found.serial ?? "");
    return;
  }
}

function Pages() {
  const { path, query } = usePlace();
  const { session } = useSession();
  if (path === "/sign-in") return <SignIn />;
  if (path === "/start") return <Start />;
  if (path === "/forgot-password") return <ForgotPassword />;
  const setUp = match("/set-up/:token", path);
  if (setUp) return <SetUp token={setUp.token!} />;
  const invitation = match("/invitations/:token", path);
  if (invitation) return <Invitation key={invitation.token} token={invitation.token!} />;
  const reset = match("/password-resets/:token", path);
  if (reset) return <PasswordReset key={reset.token} token={reset.token!} />;
  if (!session) {
    if (path === "/") return <Redirect to="/sign-in" />;
    const search = query.toString();
    return (
      <Redirect to={`/sign-in?next=${encodeURIComponent(path + (search ? `?${search}` : ""))}`} />
    );
  }
  if (path === "/") return <Redirect to={homeOf(session)} />;
  const first = session.organizations[0] ?? null;
  const operator = session.user.operator ? OPERATOR_PAGES[path] : undefined;
  if (operator) return <Shell organization={first}>{operator.page()}</Shell>;
  for (const { address, who, page } of PAGES) {
    const found = match(address, path);
    if (found)
      return (
        <OrganizationPage id={found.org!} who={who}>
          {page(found)}
        </OrganizationPage>
      );
  }
  return (
    <Shell organization={first}>
      <NotFound />
    </Shell>
  );
}

/** Nothing for a moment, because most answers arrive quickly. */
function Waiting() {
  return useSlow(true) ? (
    <Alone>
      <Skeleton rows={3} />
    </Alone>
  ) : null;
}

const app = (
  <>
    <Router>
      <SessionProvider
        loading={<Waiting />}
        failed={(problem, retry) => (
          <Alone>
            <h1>Tenure cannot be reached</h1>
            <ProblemNote problem={problem} retry={retry} />
          </Alone>
        )}
      >
        <Pages />
      </SessionProvider>
    </Router>
    <Announcer />
  </>
);

preload(askEarly);
render(app, document.getElementById("app")!);
