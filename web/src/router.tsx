// Addresses: the page is a function of the address; links change it without loading.
import type { AnchorHTMLAttributes, ComponentChildren, TargetedMouseEvent } from "preact";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { pushStep, stepNow } from "./kept";
import { followScroll, restoreScroll, scrollToTop } from "./scroll";

export interface Place {
  path: string;
  query: URLSearchParams;
  /** The step of the history (kept.ts). */
  step: string;
}

const here = (): Place => ({
  path: location.pathname,
  query: new URLSearchParams(location.search),
  step: stepNow(),
});
const Current = createContext<Place>(here());
const changed = new EventTarget();

/** Goes to an address; `replace` leaves no step to go back to. */
export function navigate(to: string, replace = false): void {
  if (to === location.pathname + location.search) return;
  if (replace) history.replaceState(history.state, "", to);
  else pushStep(to);
  changed.dispatchEvent(new Event("change"));
}

/** Changes parameters of the query in place; null or "" removes one. */
export function setQuery(change: Record<string, string | null>, replace = true): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  navigate(location.pathname + (text ? `?${text}` : ""), replace);
}

export function Router({ children }: { children: ComponentChildren }) {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    let path = location.pathname;
    const follow = () => {
      setPlace(here());
      if (location.pathname !== path) scrollToTop();
      path = location.pathname;
    };
    const goBack = () => {
      setPlace(here());
      restoreScroll();
      path = location.pathname;
    };
    const endScroll = followScroll();
    changed.addEventListener("change", follow);
    addEventListener("popstate", goBack);
    return () => {
      endScroll();
      changed.removeEventListener("change", follow);
      removeEventListener("popstate", goBack);
    };
  }, []);
  return <Current.Provider value={place}>{children}</Current.Provider>;
}

export const usePlace = () => useContext(Current);

/** The parts of a path that a pattern names ("/o/:org/sensors/:serial"), or null where it does not fit. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.replace(/\/$/, "").split("/");
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (let i = 0; i < wanted.length; i++) {
    const part = wanted[i]!,
      value = given[i]!;
    if (!part.startsWith(":")) {
      if (part !== value) return null;
      continue;
    }
    try {
      found[part.slice(1)] = decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return found;
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string };

export function Link({ href, onClick, ...rest }: LinkProps) {
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey
    )
      return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}

/** Redirects as soon as it is drawn. */
export function Redirect({ to }: { to: string }) {
  useEffect(() => navigate(to, true), [to]);
  return null;
}
