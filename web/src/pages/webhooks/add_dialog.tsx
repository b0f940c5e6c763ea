// A new webhook: where to, which events; then its secret, once.
import { useState } from "preact/hooks";
import type { Webhook, WebhookEvent } from "../../api";
import { createWebhook } from "../../api";
import { CopyButton } from "../../components/copy";
import { Dialog } from "../../components/dialog";
import { Field, FieldError } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useSubmit } from "../../use_submit";
import { EVENTS } from "./events";

interface Props {
  organization: string;
  onClose: () => void;
  onAdded: () => void;
}

export function AddDialog({ organization, onClose, onAdded }: Props) {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<WebhookEvent[]>([]);
  const [made, setMade] = useState<Webhook | null>(null);
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      setMade(await createWebhook(organization, url.trim(), events));
      onAdded();
    });
  const toggle = (event: WebhookEvent) =>
    setEvents(
      events.includes(event) ? events.filter((other) => other !== event) : [...events, event],
    );
  if (made?.secret) return <SecretDialog webhook={made} secret={made.secret} onClose={onClose} />;
  const problem = submit.besides("url", "events");
  const wrong = submit.at("events");
  return (
    <Dialog title="Add a webhook" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {problem && <ProblemNote problem={problem} />}
        <Field
          label="Address"
          hint="Where your program listens: https://…"
          autocomplete="off"
          spellcheck={false}
          autofocus
          value={url}
          onValue={setUrl}
          error={submit.at("url")}
        />
        <fieldset class="event-choice">
          <legend>Events</legend>
          {EVENTS.map(({ event, means }) => (
            <label key={event}>
              <input
                type="checkbox"
                checked={events.includes(event)}
                onChange={() => toggle(event)}
              />
              <span>
                {event}
                <span class="under">{means}</span>
              </span>
            </label>
          ))}
          {wrong && <FieldError>{wrong}</FieldError>}
        </fieldset>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Add webhook</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}

interface SecretProps {
  webhook: Webhook;
  secret: string;
  onClose: () => void;
}

function SecretDialog({ webhook, secret, onClose }: SecretProps) {
  return (
    <Dialog title="Keep the secret" onClose={onClose}>
      <p>
        With this secret your program checks that a message to <strong>{webhook.url}</strong> comes
        from here. It is shown this once.
      </p>
      <p class="link-whole">{secret}</p>
      <div class="dialog-foot">
        <CopyButton text={secret} label="Copy the secret" />
        <button type="button" onClick={onClose} data-autofocus>
          Done
        </button>
      </div>
    </Dialog>
  );
}
