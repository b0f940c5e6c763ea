// The pages of Tenure: which page an address shows.
import { render } from "preact";
import { Announcer } from "./announce";
import { ProblemNote } from "./components/notes";
import { Skeleton } from "./components/skeleton";
import { OrganizationPage } from "./layout/organization_page";
import { Alone, Shell } from "./layout/shell";
import { LicenseManager } from "./pages/licenses/license_manager";
import { NotFound } from "./pages/not_found";
import { Operator } from "./pages/operator/operator";
import { SensorPage } from "./pages/sensor/sensor_page";
import { Sensors } from "./pages/sensors/sensors";
import { SignIn } from "./pages/sign_in";
import { Start } from "./pages/start/start";
import { match, Redirect, Router, usePlace } from "./router";
import { homeOf, SessionProvider, useSession } from "./session";
import { useSlow } from "./use_resource";

function Pages() {
  const { path, query } = usePlace();
  const { session } = useSession();
  if (path === "/sign-in") return <SignIn />;
  if (path === "/start") return <Start />;
  if (!session) {
    if (path === "/") return <Redirect to="/sign-in" />;
    const search = query.toString();
    return (
      <Redirect to={`/sign-in?next=${encodeURIComponent(path + (search ? `?${search}` : ""))}`} />
    );
  }
  if (path === "/") return <Redirect to={homeOf(session)} />;
  if (path === "/operator" && session.user.operator) {
    return (
      <Shell organization={session.organizations[0] ?? null}>
        <Operator />
      </Shell>
    );
  }
  const licenses = match("/o/:org/licenses", path);
  if (licenses)
    return (
      <OrganizationPage id={licenses.org!} managersOnly>
        <LicenseManager />
      </OrganizationPage>
    );
  const sensors = match("/o/:org/sensors", path);
  if (sensors)
    return (
      <OrganizationPage id={sensors.org!}>
        <Sensors />
      </OrganizationPage>
    );
  const sensor = match("/o/:org/sensors/:serial", path);
  if (sensor)
    return (
      <OrganizationPage id={sensor.org!}>
        <SensorPage key={sensor.serial} serial={sensor.serial!} />
      </OrganizationPage>
    );
  return (
    <Shell organization={session.organizations[0] ?? null}>
      <NotFound />
    </Shell>
  );
}

/** Nothing for a moment: most answers come before a frame would be worth drawing. */
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

render(app, document.getElementById("app")!);
