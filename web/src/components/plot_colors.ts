// The tokens that a canvas needs as values, and when they change.
import { useEffect, useState } from "preact/hooks";

export function plotColors() {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: token("--accent"),
    band: token("--accent-wash"),
    ink: token("--ink-faint"),
    grid: token("--line"),
    bare: token("--shade"),
    dry: token("--expired"),
  };
}

/** Another number whenever light has become dark or dark light. */
export function useTheme(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setTurn((before) => before + 1);
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }, []);
  return turn;
}
