import type { Membership } from "../api";
import type { Who } from "../layout/who";
import { useTitle } from "../layout/shell";
import { Link } from "../router";
import { homeOfOrganization } from "../session";

export function NoPermission({ organization, who }: { organization: Membership; who: Who }) {
  const title =
    who === "administrators"
      ? "Only administrators see this page"
      : "Your role does not include this page";
  useTitle(title);
  const analyst = organization.role === "analyst";
  return (
    <section class="statement">
      <h1>{title}</h1>
      <p>
        {analyst
          ? `In ${organization.name} you are an analyst: you see sensors, their measurements and alerts. Managers also manage licenses and notifications; administrators manage everything.`
          : `In ${organization.name} you are a manager: you manage licenses and sensors. Administrators also manage members and settings.`}{" "}
        An administrator can change your role.
      </p>
      <p>
        <Link href={homeOfOrganization(organization)}>
          Go to the {analyst ? "sensors" : "License Manager"}
        </Link>
      </p>
    </section>
  );
}
