import { call, org } from "./client";
import type { Organization, Session } from "./types";

export const getSession = (signal?: AbortSignal) =>
  call<Session>("GET", "/session", { signal, anonymous: true });
export const signIn = (email: string, password: string) =>
  call<Session>("POST", "/session", { body: { email, password }, anonymous: true });
export const signOut = () => call<void>("DELETE", "/session", { anonymous: true });
export const signUp = (email: string, password: string, activation_code: string) =>
  call<Session>("POST", "/users", { body: { email, password, activation_code }, anonymous: true });
/** The first user, by the token of the link that the server prints at its first start. */
export const setUp = (email: string, password: string, set_up_token: string) =>
  call<Session>("POST", "/users", { body: { email, password, set_up_token }, anonymous: true });
export const createOrganization = (name: string, time_zone: string) =>
  call<Organization>("POST", "/organizations", { body: { name, time_zone } });
export const getOrganization = (id: string, signal?: AbortSignal) =>
  call<Organization>("GET", org(id), { signal });
