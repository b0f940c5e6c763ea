// New data may move the element that has the focus: it keeps it.
import { useLayoutEffect } from "preact/hooks";

export function useKeptFocus(): void {
  const held = document.activeElement;
  useLayoutEffect(() => {
    if (held instanceof HTMLElement && held.isConnected && document.activeElement === document.body)
      held.focus({ preventScroll: true });
  });
}
