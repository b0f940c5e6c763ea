import { call, enc, org } from "./client";
import type { List, PageQuery } from "./types";

export type WebhookEvent =
  | "license.expiring"
  | "license.expired"
  | "license.renewed"
  | "pool.low"
  | "code.redeemed"
  | "sensor.refused_first"
  | "sensor.conflicts";

export interface Webhook {
  id: string;
  url: string;
  events: WebhookEvent[];
  created_at: string;
  created_by: string;
  /** The receiver asked for no more messages. */
  gone_at: string | null;
  /** Only of a new one. */
  secret?: string;
}

export interface WebhookDelivery {
  id: string;
  event: string;
  message_id: string;
  state: "waiting" | "sent" | "failed";
  queued_at: string;
  attempts: number;
  next_try_at: string | null;
  sent_at: string | null;
  /** The HTTP status of the last answer. */
  answer_code: number | null;
  last_error: string | null;
}

const webhook = (id: string, of: string) => `${org(id)}/webhooks/${enc(of)}`;

export const getWebhooks = (id: string, signal?: AbortSignal) =>
  call<List<Webhook>>("GET", `${org(id)}/webhooks`, { signal });
export const createWebhook = (id: string, url: string, events: WebhookEvent[]) =>
  call<Webhook>("POST", `${org(id)}/webhooks`, { body: { url, events } });
export const deleteWebhook = (id: string, of: string) => call<void>("DELETE", webhook(id, of));
export const testWebhook = (id: string, of: string) =>
  call<WebhookDelivery>("POST", `${webhook(id, of)}/test`, { body: {} });
export const getDeliveries = (
  id: string,
  of: string,
  page: PageQuery,
  signal?: AbortSignal,
) =>
  call<List<WebhookDelivery>>("GET", `${webhook(id, of)}/deliveries`, {
    query: { ...page },
    signal,
  });
export const redeliver = (id: string, of: string, delivery: string) =>
  call<WebhookDelivery>("POST", `${webhook(id, of)}/deliveries/${enc(delivery)}/redelivery`, {
    body: {},
  });
