import type { ComponentChildren } from "preact";

/** The main button of a form: says that it works, and stays focusable meanwhile. */
export function SubmitButton({
  pending,
  children,
}: {
  pending: boolean;
  children: ComponentChildren;
}) {
  return (
    <button type="submit" aria-disabled={pending} aria-busy={pending || undefined}>
      {children}
    </button>
  );
}
