import type { Membership } from "../api";
import { useTitle } from "../layout/shell";
import { Link } from "../router";

export function NoPermission({ organization }: { organization: Membership }) {
  useTitle("License Manager");
  return (
    <section class="statement">
      <h1>Your role does not include the License Manager</h1>
      <p>
        In {organization.name} you are an analyst: you see sensors and their measurements. Managers
        and administrators look after licenses. An administrator can change your role.
      </p>
      <p>
        <Link href={`/o/${organization.id}/sensors`}>Go to the sensors</Link>
      </p>
    </section>
  );
}
