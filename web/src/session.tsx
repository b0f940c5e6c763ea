// The signed-in user, for all pages.
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useMemo, useState } from "preact/hooks";
import type { Membership, Session } from "./api";
import { getSession, onSignedOut, Problem, signOut } from "./api";
import { useLive } from "./live";

interface Known {
  session: Session | null;
  /** The session of this page has ended on the server. */
  ended: boolean;
  set: (session: Session) => void;
  reload: () => Promise<void>;
  leave: () => Promise<void>;
}

type Loaded =
  | { kind: "loading" }
  | { kind: "known"; session: Session | null; ended: boolean }
  | { kind: "failed"; problem: Problem };

const Context = createContext<Known | null>(null);

interface Props {
  children: ComponentChildren;
  loading: ComponentChildren;
  failed: (problem: Problem, retry: () => void) => ComponentChildren;
}

export function SessionProvider({ children, loading, failed }: Props) {
  const [state, setState] = useState<Loaded>({ kind: "loading" });
  const set = useCallback(
    (session: Session | null) => setState({ kind: "known", session, ended: false }),
    [],
  );
  const reload = useCallback(async () => {
    try {
      set(await getSession());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401) set(null);
      else
        setState((before) =>
          before.kind === "known" ? before : { kind: "failed", problem: error },
        );
    }
  }, [set]);
  const leave = useCallback(async () => {
    await signOut();
    set(null);
  }, [set]);
  useEffect(() => {
    onSignedOut(() =>
      setState((before) =>
        before.kind === "known" && !before.session
          ? before
          : { kind: "known", session: null, ended: before.kind === "known" },
      ),
    );
    void reload();
  }, [reload, set]);
  useLive(() => {
    if (state.kind === "failed") void reload();
  });
  const session = state.kind === "known" ? state.session : null;
  const ended = state.kind === "known" && state.ended;
  const known = useMemo(
    () => ({ session, ended, set, reload, leave }),
    [session, ended, set, reload, leave],
  );
  if (state.kind === "loading") return <>{loading}</>;
  if (state.kind === "failed")
    return (
      <>
        {failed(state.problem, () => {
          setState({ kind: "loading" });
          void reload();
        })}
      </>
    );
  return <Context.Provider value={known}>{children}</Context.Provider>;
}

export function useSession(): Known {
  const known = useContext(Context);
  if (!known) throw new Error("no session provider");
  return known;
}

const LAST = "tenure.organization";

export function rememberOrganization(id: string): void {
  try {
    localStorage.setItem(LAST, id);
  } catch {
    /* a browser without storage forgets */
  }
}

/** The start page of a signed-in user. */
export function homeOf(session: Session): string {
  let last: string | null = null;
  try {
    last = localStorage.getItem(LAST);
  } catch {
    /* as above */
  }
  const organization =
    session.organizations.find(({ id }) => id === last) ?? session.organizations[0];
  if (organization) return homeOfOrganization(organization);
  return session.user.operator ? "/operator" : "/start";
}

export function homeOfOrganization({ id, role }: Membership): string {
  return `/o/${id}/${role === "analyst" ? "sensors" : "licenses"}`;
}
