// A test e-mail to the user, and its delivery.
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { Delivery, Problem } from "../../api";
import { getTestMail, sendTestMail } from "../../api";
import { ProblemNote } from "../../components/notes";
import { useOrganization } from "../../layout/organization_page";
import { useSession } from "../../session";
import { asProblem } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import { DeliverySign } from "./delivery_sign";

/** Pauses between two checks. After the last one the user has to check, because a relay may be away for days. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000];

interface Look {
  mail: string;
  delivery: Delivery | null;
  problem: Problem | null;
  /** There are no more checks. */
  over: boolean;
}

/** Checks until the result is known, less and less often, or until a check fails. */
function useDelivery(organization: string, mail: string | null) {
  const [last, setLast] = useState<Look | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!mail) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (looks: number) => {
      try {
        const delivery = await getTestMail(organization, mail, abort.signal);
        if (abort.signal.aborted) return;
        const over = delivery.state !== "waiting" || looks === PAUSES_MS.length;
        setLast({ mail, delivery, problem: null, over });
        if (!over) timer = setTimeout(() => void look(looks + 1), PAUSES_MS[looks]);
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem = asProblem(error);
        setLast((before) => ({ mail, delivery: before?.delivery ?? null, problem, over: true }));
      }
    };
    void look(0);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [organization, mail, turn]);
  return { last: last?.mail === mail ? last : null, again: () => setTurn(turn + 1) };
}

export function TestMail() {
  const { id } = useOrganization();
  const { session } = useSession();
  const submit = useSubmit();
  const [mail, setMail] = useState<string | null>(null);
  const { last, again } = useDelivery(id, mail);
  const email = session?.user.email ?? "you";
  const send = () =>
    void submit.run(async () => {
      setMail((await sendTestMail(id)).id);
      announce(`A test e-mail is on its way to ${email}`);
    });
  return (
    <div class="section-actions">
      {submit.problem && <ProblemNote problem={submit.problem} />}
      <button
        type="button"
        class="secondary"
        aria-busy={submit.pending || undefined}
        onClick={send}
      >
        Send a test e-mail
      </button>
      <p class="field-hint">It goes to {email}.</p>
      <div role="status">{last?.delivery && <DeliverySign delivery={last.delivery} />}</div>
      {last?.problem && <ProblemNote problem={last.problem} retry={again} />}
      {last?.over && !last.problem && last.delivery?.state === "waiting" && (
        <button type="button" class="quiet" onClick={again}>
          Check again
        </button>
      )}
    </div>
  );
}
