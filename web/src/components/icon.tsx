import icons from "../../images/icons.svg";

/** A drawing from the sprite; always beside a word or inside something labelled. */
export function Icon({ name, size = 16 }: { name: string; size?: 16 | 20 }) {
  return (
    <svg class="icon" width={size} height={size} aria-hidden="true">
      <use href={`${icons}#${name}`} />
    </svg>
  );
}
