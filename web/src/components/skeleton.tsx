// Gray lines in place of text, after a short wait.
import { useSlow } from "../use_resource";

export function Skeleton({ rows = 6 }: { rows?: number }) {
  const slow = useSlow(true);
  return (
    <div class="skeleton" role="status" aria-busy="true">
      <span class="visually-hidden">Loading</span>
      {slow &&
        Array.from({ length: rows }, (_, row) => (
          <div class="skeleton-row" key={row}>
            <i />
            <i />
            <i />
          </div>
        ))}
    </div>
  );
}
