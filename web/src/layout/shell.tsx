// The frame around a page: skip link, navigation, title; and the note when a page cannot be shown.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Membership } from "../api";
import { onReach, reachNow } from "../api";
import { clock } from "../format";
import { Keys } from "../keys";
import { Navigation } from "./navigation";
import { Wordmark } from "./wordmark";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "Tenure" ? title : `${title} · Tenure`;
  }, [title]);
}

/** Why the page may be out of date, or null. */
function staleWords(): string | null {
  const reach = reachNow();
  if (reach.kind === "reached")
    return navigator.onLine ? null : "No connection. This page may be out of date.";
  const state = `The last answer came at ${clock(reach.heardAt)}, so this page may be out of date.`;
  if (!navigator.onLine) return `No connection. ${state}`;
  return reach.kind === "gone"
    ? `The server cannot be reached. ${state} The page keeps trying.`
    : `The server cannot answer now. ${state} The page keeps trying.`;
}

function StaleNote() {
  const [words, setWords] = useState(staleWords);
  useEffect(() => {
    const look = () => setWords(staleWords());
    const forget = onReach(look);
    addEventListener("online", look);
    addEventListener("offline", look);
    look();
    return () => {
      forget();
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return (
    <div role="status" aria-live="polite" class="stale">
      {words && <p class="offline">{words}</p>}
    </div>
  );
}

const SkipLink = () => (
  <a
    class="skip"
    href="#content"
    onClick={(event) => {
      event.preventDefault();
      document.getElementById("content")?.focus();
    }}
  >
    Skip to the content
  </a>
);

interface ShellProps {
  organization: Membership | null;
  children: ComponentChildren;
}

/** For pages of a signed-in user. */
export function Shell({ organization, children }: ShellProps) {
  const manages = organization && organization.role !== "analyst";
  return (
    <div class="shell">
      <SkipLink />
      <Navigation organization={organization} />
      <main id="content" class="content" tabIndex={-1}>
        <StaleNote />
        {children}
      </main>
      <Keys licenses={manages ? `/o/${organization.id}/licenses` : null} />
    </div>
  );
}

/** For pages without navigation: sign-in, onboarding, errors. */
export function Alone({
  children,
  aside,
}: {
  children: ComponentChildren;
  aside?: ComponentChildren;
}) {
  return (
    <div class="alone">
      <SkipLink />
      <header class="alone-head">
        <Wordmark />
        {aside}
      </header>
      <main id="content" class="alone-body" tabIndex={-1}>
        <StaleNote />
        {children}
      </main>
    </div>
  );
}

interface HeadProps {
  title: ComponentChildren;
  sentence?: ComponentChildren;
  children?: ComponentChildren;
}

/** A page's title, at most one sentence, its actions at the right. */
export function PageHead({ title, sentence, children }: HeadProps) {
  return (
    <header class="page-head">
      <div class="page-title">
        <h1>{title}</h1>
        {sentence && <p class="faint">{sentence}</p>}
      </div>
      {children && <div class="page-actions">{children}</div>}
    </header>
  );
}
