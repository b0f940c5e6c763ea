// The signed-in user, for all pages.
import type { ComponentChildren } from "preact";
import { createContext, Fragment } from "preact";
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { hush } from "./announce";
import type { Membership, Session } from "./api";
import { forgetCalls, getSession, onSignedOut, Problem, signOut } from "./api";
import { SignInAgain } from "./components/sign_in_again";
import { forgetDrafts } from "./drafts";
import { forgetSteps } from "./kept";
import { useLive } from "./live";
import { navigate } from "./router";

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

/** Nothing of one user is left for the next one. */
function forgetAll(): void {
  forgetDrafts();
  forgetSteps();
  forgetCalls();
  hush();
}

type Answer = (again: boolean) => void;

/** The calls that wait until the same user has signed in again. */
function useWaiting() {
  const [asking, setAsking] = useState(false);
  const waiting = useRef<Answer[]>([]);
  const ask = useCallback(() => {
    setAsking(true);
    return new Promise<boolean>((resolve) => waiting.current.push(resolve));
  }, []);
  const settle = useCallback((again: boolean) => {
    setAsking(false);
    for (const answer of waiting.current.splice(0)) answer(again);
  }, []);
  return { asking, ask, settle };
}

export function SessionProvider({ children, loading, failed }: Props) {
  const [state, setState] = useState<Loaded>({ kind: "loading" });
  const [turn, setTurn] = useState(0); // grows when another user signs in over a page
  const { asking, ask, settle } = useWaiting();
  const signedIn = useRef<Session | null>(null);
  const last = useRef<string | null>(null); // the user of before, also after the end of the session
  const set = useCallback((session: Session | null) => {
    if (session && last.current && last.current !== session.user.id) forgetAll();
    if (session) last.current = session.user.id;
    signedIn.current = session;
    setState({ kind: "known", session, ended: false });
  }, []);
  const reload = useCallback(async () => {
    try {
      set(await getSession());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401 && signedIn.current) void ask();
      else if (error.status === 401) set(null);
      else
        setState((before) =>
          before.kind === "known" ? before : { kind: "failed", problem: error },
        );
    }
  }, [set, ask]);
  const leave = useCallback(async () => {
    await signOut();
    forgetDrafts();
    set(null);
  }, [set]);
  useEffect(() => {
    onSignedOut(async () => (signedIn.current ? ask() : false));
    void reload();
  }, [reload, ask]);
  useLive(() => {
    if (state.kind === "failed") void reload();
  });
  const goOn = (again: Session) => {
    const same = signedIn.current?.user.id === again.user.id;
    set(again);
    if (!same) {
      setTurn(turn + 1);
      navigate(homeOf(again), true);
    }
    settle(same);
  };
  const leavePage = () => {
    signedIn.current = null;
    setState({ kind: "known", session: null, ended: true });
    settle(false);
  };
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
  return (
    <Context.Provider value={known}>
      <Fragment key={turn}>{children}</Fragment>
      {asking && session && (
        <SignInAgain
          email={session.user.email}
          onSession={goOn}
          onClose={() => settle(false)}
          onLeave={leavePage}
        />
      )}
    </Context.Provider>
  );
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
