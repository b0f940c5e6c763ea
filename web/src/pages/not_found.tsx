import { useTitle } from "../layout/shell";
import { Link } from "../router";

export function NotFound({ what = "page" }: { what?: string }) {
  useTitle("Not found");
  return (
    <section class="statement">
      <h1>There is no such {what}</h1>
      <p>It does not exist, or it belongs to an organization that you are not a member of.</p>
      <p>
        <Link href="/">Go to your start page</Link>
      </p>
    </section>
  );
}
