import { call, enc, org } from "./client";
import type { CalendarFeed, Delivery, List, Notice, NoticeRecipient, PageQuery } from "./types";

interface Recipients {
  recipients: NoticeRecipient[];
}

const recipientsOf = (id: string) => `${org(id)}/notifications/license-expiration`;

export const getNoticeRecipients = (id: string, signal?: AbortSignal) =>
  call<Recipients>("GET", recipientsOf(id), { signal });

/** These and no others. */
export const setNoticeRecipients = (id: string, recipients: NoticeRecipient[]) =>
  call<Recipients>("PUT", recipientsOf(id), { body: { recipients } });

/** Sent messages, newest first; all, or those of one alert. */
export const getNotices = (
  id: string,
  query: PageQuery & { alert?: string },
  signal?: AbortSignal,
) =>
  call<List<Notice>>("GET", `${org(id)}/notices`, {
    query: { ...query, limit: query.limit ?? 50 },
    signal,
  });

/** To the requesting user. */
export const sendTestMail = (id: string) =>
  call<{ id: string }>("POST", `${org(id)}/notifications/test-mail`);
export const getTestMail = (id: string, mail: string, signal?: AbortSignal) =>
  call<Delivery>("GET", `${org(id)}/notifications/test-mail/${enc(mail)}`, { signal });

const feedOf = (id: string) => `${org(id)}/calendar-feed`;

export const getCalendarFeed = (id: string, signal?: AbortSignal) =>
  call<CalendarFeed>("GET", feedOf(id), { signal });
/** The link is shown only once. */
export const makeCalendarFeed = (id: string) =>
  call<CalendarFeed & { url: string }>("POST", feedOf(id));
export const revokeCalendarFeed = (id: string) => call<void>("DELETE", feedOf(id));
