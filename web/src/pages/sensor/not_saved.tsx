// The measurements of a sensor that are not saved, by their reasons.
import type { Refused } from "../../api";
import { Ago } from "../../components/ago";
import { count, number } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { refusedWords } from "../licenses/row_words";
import { reasonsOf } from "./refusal_words";

interface Props {
  refused: Refused;
  conflicts: number;
  /** The level of the heading. */
  level: 2 | 3;
}

export function NotSaved({ refused, conflicts, level }: Props) {
  const { role, time_zone } = useOrganization();
  const Heading = `h${level}` as "h2";
  const words = refusedWords(refused, time_zone);
  if (!words && conflicts === 0) return null;
  return (
    <section class="section not-saved" aria-labelledby="not-saved-title">
      <Heading id="not-saved-title">Not saved</Heading>
      {words && (
        <p>
          <span class="wrong">{words}</span>
          {refused.last_at && (
            <>
              , the last one <Ago at={refused.last_at} />
            </>
          )}
          .
        </p>
      )}
      <dl class="reasons">
        {reasonsOf(refused).map(({ reason, title, means, todo, analyst, count: of }) => (
          <div key={reason}>
            <dt>
              {title} <span class="faint">{number(of)}</span>
            </dt>
            <dd>
              {means} {role === "analyst" ? (analyst ?? todo) : todo}
            </dd>
          </div>
        ))}
        {conflicts > 0 && (
          <div key="conflicts">
            <dt>
              Conflicts <span class="faint">{number(conflicts)}</span>
            </dt>
            <dd>
              {count(conflicts, "measurement", "measurements")} came again for the same time with
              another value. The first value stays. If the number grows, check whether two devices
              use this serial, and whether the clock of the sensor jumps.
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
