// The navigation: at the left when wide, a bar at the foot when narrow.
import { useState } from "preact/hooks";
import { announce } from "../announce";
import type { Membership } from "../api";
import { Dialog } from "../components/dialog";
import { Icon } from "../components/icon";
import { showKeys } from "../keys";
import { Link, navigate, usePlace } from "../router";
import { homeOfOrganization, useSession } from "../session";
import { asProblem } from "../use_resource";
import type { Who } from "./who";
import { ALLOWED } from "./who";
import { Wordmark } from "./wordmark";

interface Entry {
  to: string;
  icon: string;
  words: string;
  /** Pages that belong to it. */
  also?: string[];
  /** On narrow screens in the dialog, because the bar is short. */
  rare?: boolean;
}

/** Of an organization, for those with one of the roles; addresses are below the organization's. */
const PAGES: (Entry & { who: Who })[] = [
  {
    to: "licenses",
    icon: "licenses",
    words: "License Manager",
    also: ["forecast", "import"],
    who: "managers",
  },
  { to: "sensors", icon: "sensors", words: "Sensors", who: "members" },
  { to: "alerts", icon: "alerts", words: "Alerts", also: ["alarms"], rare: true, who: "members" },
  {
    to: "notifications",
    icon: "notifications",
    words: "Notifications",
    rare: true,
    who: "managers",
  },
  { to: "webhooks", icon: "webhooks", words: "Webhooks", rare: true, who: "managers" },
  { to: "members", icon: "members", words: "Members", rare: true, who: "managers" },
  { to: "settings", icon: "settings", words: "Settings", rare: true, who: "administrators" },
  { to: "audit-log", icon: "audit", words: "Audit log", rare: true, who: "administrators" },
];

const OPERATOR_PAGES: Entry[] = [
  { to: "/operator", icon: "codes", words: "Issued codes" },
  { to: "/operator/devices", icon: "sensors", words: "Devices", rare: true },
  { to: "/operator/organizations", icon: "organizations", words: "Organizations", rare: true },
];

function entriesOf(organization: Membership | null, operator: boolean): Entry[] {
  const own = organization
    ? PAGES.filter(({ who }) => ALLOWED[who].includes(organization.role)).map((page) => ({
        ...page,
        to: `/o/${organization.id}/${page.to}`,
        also: page.also?.map((below) => `/o/${organization.id}/${below}`) ?? [],
      }))
    : [];
  return operator ? [...own, ...OPERATOR_PAGES] : own;
}

/** "page" for the page itself, "true" for one that belongs to it. */
function currentOf({ to, also }: Entry, path: string): "page" | "true" | undefined {
  if (path === to) return "page";
  const inside = to !== "/operator" && path.startsWith(`${to}/`);
  return inside || also?.includes(path) ? "true" : undefined;
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
          {entries.map((entry) => (
            <Link
              key={entry.to}
              href={entry.to}
              class={entry.rare ? "rare" : undefined}
              aria-current={currentOf(entry, path)}
            >
              <Icon name={entry.icon} size={20} />
              <span>{entry.words}</span>
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
          {entries
            .filter(({ rare }) => rare)
            .map(({ to, icon, words }) => (
              <Link key={to} class="more-link" href={to} onClick={() => setMore(false)}>
                <Icon name={icon} size={20} />
                {words}
              </Link>
            ))}
          <p class="faint">{session.user.email}</p>
          <SignOutButton />
        </Dialog>
      )}
    </>
  );
}
