// A mail to oneself, to see that mails arrive, and what became of it.
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { Delivery } from "../../api";
import { getTestMail, sendTestMail } from "../../api";
import { ProblemNote } from "../../components/notes";
import { useOrganization } from "../../layout/organization_page";
import { useSession } from "../../session";
import { useSubmit } from "../../use_submit";
import { DeliverySign } from "./sent_notices";

const FIRST_LOOK_MS = 500,
  LAST_LOOK_MS = 30_000;

/** Looks until it is decided, less and less often: a relay may be away for days. */
function useDelivery(organization: string, mail: string | null): Delivery | null {
  const [delivery, setDelivery] = useState<Delivery | null>(null);
  useEffect(() => {
    setDelivery(null);
    if (!mail) return;
    let timer: ReturnType<typeof setTimeout> | undefined,
      gone = false,
      pause = FIRST_LOOK_MS;
    const look = async () => {
      const now = await getTestMail(organization, mail).catch(() => null);
      if (gone) return;
      if (now) setDelivery(now);
      if (now && now.state !== "waiting") return;
      timer = setTimeout(look, pause);
      pause = Math.min(2 * pause, LAST_LOOK_MS);
    };
    void look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [organization, mail]);
  return delivery;
}

export function TestMail() {
  const { id } = useOrganization();
  const { session } = useSession();
  const submit = useSubmit();
  const [mail, setMail] = useState<string | null>(null);
  const delivery = useDelivery(id, mail);
  const email = session?.user.email ?? "you";
  const send = () =>
    void submit.run(async () => {
      setMail((await sendTestMail(id)).id);
      announce(`A test mail is on its way to ${email}`);
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
        Send a test mail
      </button>
      <p class="field-hint">It goes to {email}.</p>
      <div role="status">{delivery && <DeliverySign delivery={delivery} />}</div>
    </div>
  );
}
