// Where one can go: at the left when wide, a bar at the foot when narrow.
import { useState } from "preact/hooks";
import { announce } from "../announce";
import type { Membership } from "../api";
import { Dialog } from "../components/dialog";
import { Icon } from "../components/icon";
import { showKeys } from "../keys";
import { Link, navigate, usePlace } from "../router";
import { homeOfOrganization, useSession } from "../session";
import { asProblem } from "../use_resource";
import { Wordmark } from "./wordmark";

interface Entry {
  to: string;
  icon: string;
  words: string;
}

function entriesOf(organization: Membership | null, operator: boolean): Entry[] {
  const entries: Entry[] = [];
  if (organization && organization.role !== "analyst") {
    entries.push({
      to: `/o/${organization.id}/licenses`,
      icon: "licenses",
      words: "License Manager",
    });
  }
  if (organization)
    entries.push({ to: `/o/${organization.id}/sensors`, icon: "sensors", words: "Sensors" });
  if (operator) entries.push({ to: "/operator", icon: "codes", words: "Issued codes" });
  return entries;
}

function Switcher({
  organization,
  onChosen,
}: {
  organization: Membership | null;
  onChosen?: () => void;
}) {
  const { session } = useSession();
  const organizations = session?.organizations ?? [];
  if (organizations.length < 2)
    return (
      organization && (
        <p class="organization-name" title={organization.name}>
          {organization.name}
        </p>
      )
    );
  const choose = (id: string) => {
    const chosen = organizations.find((candidate) => candidate.id === id);
    if (chosen) navigate(homeOfOrganization(chosen));
    onChosen?.();
  };
  return (
    <label class="switcher">
      <span class="visually-hidden">Organization</span>
      <select
        value={organization?.id ?? ""}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {!organization && <option value="">Choose an organization</option>}
        {organizations.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function SignOutButton() {
  const { leave } = useSession();
  const go = () =>
    leave().then(
      () => navigate("/sign-in"),
      (error: unknown) => announce(asProblem(error).detail),
    );
  return (
    <button type="button" class="quiet" onClick={() => void go()}>
      Sign out
    </button>
  );
}

export function Navigation({ organization }: { organization: Membership | null }) {
  const { session } = useSession();
  const { path } = usePlace();
  const [more, setMore] = useState(false);
  if (!session) return null;
  const entries = entriesOf(organization, session.user.operator);
  return (
    <>
      <header class="side">
        <div class="side-top">
          <Wordmark />
          <Switcher organization={organization} />
        </div>
        <nav class="entries" aria-label="Pages">
          {entries.map(({ to, icon, words }) => (
            <Link
              key={to}
              href={to}
              aria-current={path === to ? "page" : path.startsWith(`${to}/`) ? "true" : undefined}
            >
              <Icon name={icon} size={20} />
              <span>{words}</span>
            </Link>
          ))}
          <button type="button" class="quiet only-narrow" onClick={() => setMore(true)}>
            <Icon name="more" size={20} />
            <span>More</span>
          </button>
        </nav>
        <div class="side-foot">
          <p class="faint" title={session.user.email}>
            {session.user.email}
          </p>
          <button type="button" class="quiet" onClick={showKeys}>
            Keys <kbd>?</kbd>
          </button>
          <SignOutButton />
        </div>
      </header>
      {more && (
        <Dialog title="More" onClose={() => setMore(false)}>
          <Switcher organization={organization} onChosen={() => setMore(false)} />
          <p class="faint">{session.user.email}</p>
          <SignOutButton />
        </Dialog>
      )}
    </>
  );
}
