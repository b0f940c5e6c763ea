import type { ComponentChildren } from "preact";

/** The main button of a form: it shows that it works, and stays focusable. */
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
