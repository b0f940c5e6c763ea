import icons from "../../images/icons.svg";

/** An icon from the sprite, always beside a word or inside a labelled element. */
export function Icon({ name, size = 16 }: { name: string; size?: 16 | 20 }) {
  return (
    <svg class="icon" width={size} height={size} aria-hidden="true">
      <use href={`${icons}#${name}`} />
    </svg>
  );
}
