// Where events are sent; the address holds whose deliveries are shown.
import { useState } from "preact/hooks";
import { announce } from "../../announce";
import type { Webhook } from "../../api";
import { getWebhooks, testWebhook } from "../../api";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { setQuery, usePlace } from "../../router";
import { useLive } from "../../live";
import { useResource } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import { AddDialog } from "./add_dialog";
import { DeleteDialog } from "./delete_dialog";
import { Deliveries } from "./deliveries";
import { EVENTS } from "./events";
import { WebhookTable } from "./webhook_table";

type Asked = { what: "add" } | { what: "delete"; webhook: Webhook } | null;

export function Webhooks() {
  useTitle("Webhooks");
  const { id, role } = useOrganization();
  const { query } = usePlace();
  const [asked, setAsked] = useState<Asked>(null);
  const [turn, setTurn] = useState(0);
  const submit = useSubmit();
  const list = useResource("", (signal) => getWebhooks(id, signal), id);
  useLive(list.refresh);
  const administers = role === "administrator";
  const open = list.data?.items.find((webhook) => webhook.id === query.get("webhook")) ?? null;
  const show = (webhook: Webhook | null) => setQuery({ webhook: webhook?.id ?? null });
  const test = (webhook: Webhook) =>
    void submit.run(async () => {
      await testWebhook(id, webhook.id);
      announce("A test message is on its way");
      setTurn(turn + 1);
      show(webhook);
    });
  const close = () => setAsked(null);
  return (
    <div class="webhooks">
      <PageHead title="Webhooks" sentence="Send events to your own programs.">
        {administers && (
          <button type="button" onClick={() => setAsked({ what: "add" })}>
            Add webhook
          </button>
        )}
      </PageHead>
      {submit.problem && <ProblemNote problem={submit.problem} />}
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data?.items.length === 0 && (
        <Empty title="No webhooks">
          <p>
            {administers
              ? "Add one to send events to an address as they happen."
              : "An administrator can add one."}
          </p>
        </Empty>
      )}
      {list.data && list.data.items.length > 0 && (
        <WebhookTable
          webhooks={list.data.items}
          open={open?.id ?? null}
          administers={administers}
          busy={list.loading || submit.pending}
          onOpen={show}
          onTest={test}
          onDelete={(webhook) => setAsked({ what: "delete", webhook })}
        />
      )}
      {open && <Deliveries key={open.id} webhook={open} turn={turn} administers={administers} />}
      <Meanings />
      {asked?.what === "add" && (
        <AddDialog organization={id} onClose={close} onAdded={list.reload} />
      )}
      {asked?.what === "delete" && (
        <DeleteDialog
          organization={id}
          webhook={asked.webhook}
          onClose={close}
          onDeleted={list.reload}
        />
      )}
    </div>
  );
}

function Meanings() {
  return (
    <section class="section" aria-labelledby="meanings">
      <h2 id="meanings">What the events mean</h2>
      <dl class="meanings">
        {EVENTS.map(({ event, means }) => (
          <div key={event}>
            <dt>{event}</dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
      <p class="faint">
        Every message is signed according to Standard Webhooks. The manual shows how to verify it.
      </p>
    </section>
  );
}
