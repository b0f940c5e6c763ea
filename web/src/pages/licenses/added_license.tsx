// Which license a new sensor takes, by a dry run as soon as the serial is complete.
import { useEffect, useState } from "preact/hooks";
import type { AddedSensor, NewSensor, Problem } from "../../api";
import { previewSensor } from "../../api";
import { useClaim } from "../../claim";
import { shortenKey } from "../../code";
import { count, date, term } from "../../format";
import { asProblem } from "../../use_resource";

const COMPLETE = /^[0-9A-F]{12}$/;
const PAUSE_MS = 150;

export interface AddedPreview {
  answer: AddedSensor | null;
  problem: Problem | null;
}

/**
 * Null while the serial is not complete, or the server has not answered. It asks again when the pool has changed, and
 * never where a claim code is needed: the server would count the code as wrong while it is typed.
 */
export function useAddedPreview(
  organization: string,
  { serial, key }: NewSensor,
  left: number | null,
): AddedPreview | null {
  const [known, setKnown] = useState<(AddedPreview & { of: string }) | null>(null);
  const of = JSON.stringify([serial, key, left]);
  const asks = useClaim() !== "code";
  useEffect(() => {
    if (!asks || !COMPLETE.test(serial.replace(/[\s:-]/g, "").toUpperCase())) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      previewSensor(organization, { serial, ...(key ? { key } : {}) }, abort.signal).then(
        (answer) => setKnown({ of, answer, problem: null }),
        (error: unknown) => {
          if (!abort.signal.aborted) setKnown({ of, answer: null, problem: asProblem(error) });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [organization, of, asks]);
  return known?.of === of ? known : null;
}

interface Props {
  preview: AddedPreview | null;
  left: number | null;
}

export function AddedLicense({ preview, left }: Props) {
  const asks = useClaim() !== "code";
  return (
    <p class="faint" role="status">
      {wordsOf(preview?.answer ?? null, left, asks)}
    </p>
  );
}

function wordsOf(answer: AddedSensor | null, left: number | null, asks: boolean): string {
  const [taken] = answer?.taken ?? [];
  if (taken)
    return (
      `Takes a license of ${term(taken.term)} from the key ${shortenKey(taken.key)}, starting immediately, ` +
      `until ${date(taken.last_day)}.` +
      (left === null ? "" : ` ${count(left - 1, "license", "licenses")} will be left.`)
    );
  if (answer)
    return answer.last_day
      ? `It still has a license until ${date(answer.last_day)}: it takes none from the pool.`
      : "It takes no license from the pool.";
  if (left === null) return "";
  if (left === 0) return "No licenses are left in the pool.";
  const which = asks ? " Which one is shown when the serial is complete." : "";
  return `Takes one of the ${count(left, "license", "licenses")} left, starting immediately.${which}`;
}
