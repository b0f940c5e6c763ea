import { call, enc, org } from "./client";
import type { List, Organization, PageQuery, Role, Session } from "./types";

export interface Person {
  user_id: string;
  name: string;
  email: string;
  role: Role;
  state: "active" | "invited";
  expires_at: string | null;
  /** Of the mail with the invitation; null where there is none. */
  mail_state: "waiting" | "sent" | "failed" | null;
  mail_error: string | null;
  /** Of a new invitation, where no mail goes out. */
  link?: string;
}

export interface Invitation {
  organization: string;
  email: string;
  role: Role;
  known: boolean;
  invited_by: string;
  expires_at: string;
}

const person = (id: string, user: string) => `${org(id)}/members/${enc(user)}`;

export const getPeople = (id: string, page: PageQuery, signal?: AbortSignal) =>
  call<List<Person>>("GET", `${org(id)}/members`, { query: { ...page }, signal });
export const invite = (id: string, email: string, role: Role) =>
  call<Person>("POST", `${org(id)}/members`, { body: { email, role } });
export const changeRole = (id: string, user: string, role: Role) =>
  call<Person>("PATCH", person(id, user), { body: { role } });
export const removePerson = (id: string, user: string) => call<void>("DELETE", person(id, user));

const invitation = (token: string) => `/invitations/${enc(token)}`;

export const getInvitation = (token: string, signal?: AbortSignal) =>
  call<Invitation>("GET", invitation(token), { signal, anonymous: true });
export const acceptInvitation = (token: string, body: { password?: string; name?: string }) =>
  call<Session>("POST", invitation(token), { body, anonymous: true });

const reset = (token: string) => `/password-resets/${enc(token)}`;

export const canSendResets = (signal?: AbortSignal) =>
  call<{ by_mail: boolean }>("GET", "/password-resets", { signal, anonymous: true });
export const askForReset = (email: string) =>
  call<void>("POST", "/password-resets", { body: { email }, anonymous: true });
export const getReset = (token: string, signal?: AbortSignal) =>
  call<{ email: string }>("GET", reset(token), { signal, anonymous: true });
export const resetPassword = (token: string, password: string) =>
  call<Session>("POST", reset(token), { body: { password }, anonymous: true });

export type Settings = Partial<
  Pick<
    Organization,
    "name" | "time_zone" | "pool_order" | "notice_time" | "device_token_required"
  >
>;
export const changeOrganization = (id: string, body: Settings) =>
  call<Organization>("PATCH", org(id), { body });
export const renewDeviceToken = (id: string) =>
  call<Organization>("POST", `${org(id)}/device-token`, { body: {} });
