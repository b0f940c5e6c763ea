// A new webhook: address and events; then its secret, once.
import { useState } from "preact/hooks";
import type { Webhook, WebhookEvent } from "../../api";
import { createWebhook } from "../../api";
import { Field, FieldError } from "../../components/field";
import { FormDialog } from "../../components/form_dialog";
import { OnceDialog } from "../../components/once_dialog";
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
  if (made?.secret)
    return (
      <OnceDialog
        title="Keep the secret"
        text={made.secret}
        copy="Copy the secret"
        onClose={onClose}
      >
        Your program uses this secret to check that a message to <strong>{made.url}</strong> comes
        from here. It is shown only once.
      </OnceDialog>
    );
  const wrong = submit.at("events");
  return (
    <FormDialog
      title="Add a webhook"
      deed="Add webhook"
      submit={submit}
      problem={submit.besides("url", "events")}
      onSend={() => void send()}
      onClose={onClose}
    >
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
      <fieldset class="choices">
        <legend>Events</legend>
        {EVENTS.map(({ event, means }) => (
          <label key={event}>
            <input type="checkbox" checked={events.includes(event)} onChange={() => toggle(event)} />
            <span>
              {event}
              <span class="under">{means}</span>
            </span>
          </label>
        ))}
        {wrong && <FieldError>{wrong}</FieldError>}
      </fieldset>
    </FormDialog>
  );
}
