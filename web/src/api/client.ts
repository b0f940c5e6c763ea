// One call of the API: the only file that reaches the network.
import { reportAnswer, reportFailed } from "./reach";

/** A failed call: the server's problem, or an unreachable server (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly field: string | null = null,
    readonly retryAfterSeconds: number | null = null,
    /** Other members of the problem: the rows of a refused import, the number of missing licenses. */
    readonly more: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

let signedOut: () => Promise<boolean> = async () => false;
/** Called when an answer shows that the session has ended; true: the same user signed in again, and the call is repeated. */
export function onSignedOut(listener: () => Promise<boolean>): void {
  signedOut = listener;
}

// A request that got no answer keeps its key: sent again by hand, the server recognizes it and acts once.
const keysWithoutAnswer = new Map<string, string>();

function idempotencyKey(request: string): string {
  let key = keysWithoutAnswer.get(request);
  if (!key) {
    key = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    keysWithoutAnswer.set(request, key);
  }
  return key;
}

/** Another user has signed in: nothing of the first one is sent or shown. */
export function forgetCalls(): void {
  keysWithoutAnswer.clear();
  preloaded.clear();
}

function problemOf(status: number, retryAfter: string | null, text: string): Problem {
  const wait = Number(retryAfter);
  const seconds = Number.isFinite(wait) && wait > 0 ? wait : null;
  const body = parsed(text) as Record<string, unknown> | null;
  if (body && typeof body.detail === "string") {
    const word = (value: unknown) => (typeof value === "string" ? value : null);
    const { code, detail, field } = body;
    return new Problem(status, word(code) ?? "", detail as string, word(field), seconds, body);
  }
  const detail =
    status >= 500
      ? "The server could not answer. Nothing was changed. Try again in a moment."
      : `The server answered with the status ${status}.`;
  return new Problem(status, "", detail, null, seconds);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const unreachable = () =>
  new Problem(
    0,
    "unreachable",
    "The server cannot be reached. Check the connection and try again.",
  );
const brokenOff = () =>
  new Problem(0, "unreachable", "The connection was lost. Check the connection and try again.");

type Query = Record<string, string | number | boolean | null | undefined>;

function address(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  anonymous?: boolean;
}

/** Answers that were asked for before a page needs them, by address. */
const preloaded = new Map<string, Promise<unknown>>();
const PRELOADED_MS = 10_000;
let preloading = false;

/** Starts the calls that `read` makes; the first same call of a page takes the answer. */
export function preload(read: () => void): void {
  preloading = true;
  try {
    read();
  } finally {
    preloading = false;
  }
}

function keep(url: string, answer: Promise<unknown>): void {
  preloaded.set(url, answer);
  answer.catch(() => {}); // the page that takes it shows the problem
  setTimeout(() => preloaded.delete(url), PRELOADED_MS);
}

/** A POST that writes carries an Idempotency-Key; every problem is a Problem. */
export function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  if (method !== "GET") {
    preloaded.clear(); // it may change what they say
    return send(method, path, options);
  }
  const url = address(path, options.query);
  const early = preloaded.get(url);
  preloaded.delete(url);
  if (early) return early as Promise<T>;
  const answer = send<T>(method, path, options);
  if (preloading) keep(url, answer);
  return answer;
}

async function send<T>(method: string, path: string, options: Options): Promise<T> {
  const url = address(path, options.query);
  const headers: Record<string, string> = { Accept: "application/json" };
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const request = `${method} ${url} ${body ?? ""}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const keyed = method === "POST" && !options.anonymous && !options.query?.dry_run;
  if (keyed) headers["Idempotency-Key"] = idempotencyKey(request);

  const startedAt = Date.now();
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body,
      signal: options.signal ?? null,
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    reportFailed("gone", startedAt);
    throw unreachable();
  }
  if (answer.ok || answer.status === 401) reportAnswer(answer.status, false, startedAt);
  if (keyed && answer.status < 500) keysWithoutAnswer.delete(request);
  if (!answer.ok) {
    if (answer.status === 401 && !options.anonymous && (await signedOut()))
      return send<T>(method, path, options);
    const text = await answer.text().catch(() => "");
    const problem = problemOf(answer.status, answer.headers.get("Retry-After"), text);
    reportAnswer(answer.status, problem.code !== "", startedAt);
    throw problem;
  }
  if (answer.status === 204) return undefined as T;
  try {
    return (await answer.json()) as T;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw brokenOff();
  }
}

export interface Sending {
  signal?: AbortSignal;
  /** Called with the part of the body that has been sent, 0 to 1. */
  onSent?: (share: number) => void;
  /** It changes nothing, so it needs no Idempotency-Key. */
  reads?: boolean;
}

/** A name of the content of a file, while the page lives. */
const names = new WeakMap<Blob, string>();
function nameOf(body: Blob): string {
  const name = names.get(body) ?? crypto.getRandomValues(new Uint32Array(4)).join();
  names.set(body, name);
  return name;
}

/** POST of a file that reports its progress, which fetch cannot. */
export function upload<T>(
  path: string,
  body: Blob,
  type: string,
  query: Query,
  { signal, onSent, reads }: Sending,
): Promise<T> {
  const url = address(path, query);
  const keyed = !reads && !query.dry_run;
  const request = `POST ${url} ${type} ${nameOf(body)}`;
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", url);
    sending.setRequestHeader("Accept", "application/json");
    sending.setRequestHeader("Content-Type", type);
    if (keyed) sending.setRequestHeader("Idempotency-Key", idempotencyKey(request));
    sending.upload.onprogress = ({ loaded, total }) => onSent?.(total > 0 ? loaded / total : 0);
    sending.upload.onload = () => onSent?.(1);
    sending.onerror = () => reject(unreachable());
    sending.onabort = () => reject(new DOMException("The upload was stopped.", "AbortError"));
    sending.onload = () => {
      const { status, responseText } = sending;
      if (keyed && status < 500) keysWithoutAnswer.delete(request);
      const refuse = () =>
        reject(problemOf(status, sending.getResponseHeader("Retry-After"), responseText));
      if (status === 401)
        return void signedOut().then((again) =>
          again && !signal?.aborted
            ? resolve(upload<T>(path, body, type, query, { signal, onSent, reads }))
            : refuse(),
        );
      if (status < 200 || status > 299) return refuse();
      const answer = parsed(responseText);
      if (answer === null) reject(brokenOff());
      else resolve(answer as T);
    };
    signal?.addEventListener("abort", () => sending.abort());
    sending.send(body);
  });
}

export const enc = encodeURIComponent;
export const org = (id: string) => `/organizations/${enc(id)}`;
export const sensor = (id: string, serial: string) => `${org(id)}/sensors/${enc(serial)}`;
