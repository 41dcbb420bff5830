/** What WhatsApp, Messenger and Instagram share of the Graph API. */
import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { parameter } from '../credentials.ts';
import { call } from '../http-client.ts';
import type { HttpReply, HttpRequest } from '../http-server.ts';
import { textOf, type JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';

/** What an error code answers unless told: its HTTP status (400) and its message. */
export interface ErrorRow {
  status?: number;
  message: string;
  isTransient?: boolean;
}

/** Members of an error beyond its code. */
export interface GraphErrorExtra {
  message?: string;
  type?: string;
  subcode?: number;
  userTitle?: string;
  userMessage?: string;
  status?: number;
  headers?: Record<string, string>;
}

/** A refusal in the shape of the Graph API. */
export class GraphRefusal extends Refusal {
  readonly code: number;
  readonly #row: ErrorRow | undefined;
  readonly #extra: GraphErrorExtra;
  readonly #data: object;

  constructor(code: number, row: ErrorRow | undefined, extra: GraphErrorExtra, data: object = {}) {
    super(extra.message ?? row?.message ?? `(#${code})`);
    this.code = code;
    this.#row = row;
    this.#extra = extra;
    this.#data = data;
  }

  toReply(): HttpReply {
    const { type = 'OAuthException', subcode, userTitle, userMessage, headers, status } = this.#extra;
    const error = {
      ...{ message: this.message, type, code: this.code },
      ...this.#data,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      ...(this.#row?.isTransient ? { is_transient: true } : {}),
      ...(userTitle === undefined ? {} : { error_user_title: userTitle, error_user_msg: userMessage }),
      fbtrace_id: `A${randomBytes(11).toString('base64url')}`,
    };
    return { status: status ?? this.#row?.status ?? 400, headers, body: { error } };
  }
}

/** The object in the path does not exist, or the token cannot see it: the code, and what is said. */
export function noSuchObject(id: string, method: string): [code: number, extra: GraphErrorExtra] {
  if (!/^\d+$/.test(id)) return [803, { message: `(#803) Some of the aliases you requested do not exist: ${id}` }];
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing ` +
    'permissions, or does not support this operation. Please read the Graph API documentation at ' +
    'https://developers.facebook.com/docs/graph-api';
  return [100, { message, type: 'GraphMethodException', subcode: 33 }];
}

/** The path after `/vNN.N`; undefined without a version. */
export const unversioned = (path: string): string | undefined => /^\/v\d{1,2}\.\d(\/.*)$/.exec(path)?.[1];

/** What a path names first, after the version. */
export const namedIn = ({ path }: HttpRequest): string => path.split('/')[2] ?? '';

/** hex(HMAC-SHA256(appSecret, accessToken)). */
export function appSecretProof(appSecret: string, accessToken: string): string {
  return createHmac('sha256', appSecret).update(accessToken).digest('hex');
}

/** What is wrong with the proof that a request brings along, in Meta's words; `''`: there is none, undefined: nothing. */
export function proofFault(request: HttpRequest, appSecret: string, token: string): string | undefined {
  const proof = parameter('appsecret_proof')(request);
  if (proof === undefined) return '';
  return proof === appSecretProof(appSecret, token)
    ? undefined
    : 'Invalid appsecret_proof provided in the API argument';
}

/** The members asked for by `fields` (comma separated), or `defaults`; always with the id. A name that the node lacks is refused. */
export function selected(
  asked: unknown,
  node: JsonObject,
  defaults: readonly string[],
  refuse: (unknown: string) => Refusal,
): JsonObject {
  const names = textOf(asked) ? String(asked).split(',') : [...defaults];
  const wanted = names.map((name) => name.trim());
  const unknown = wanted.find((name) => !(name in node));
  if (unknown !== undefined) throw refuse(unknown);
  const chosen = wanted.map((name) => [name, node[name]] as const).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(chosen), id: node['id'] };
}

/** A callback with its verify token, and the topics it is told of. */
export interface Callback {
  callbackUrl: string;
  verifyToken: string;
}
export interface Subscription extends Callback {
  fields: string[];
}

/** The GET handshake: the callback has to answer 200 with exactly the challenge. Resolves with what was wrong instead. */
export async function handshakeFault({ callbackUrl, verifyToken }: Callback): Promise<string | undefined> {
  const challenge = String(randomInt(100_000_000, 2_000_000_000));
  const url = new URL(callbackUrl);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', challenge);
  url.searchParams.set('hub.verify_token', verifyToken);
  const answer = await call(url.href, { method: 'GET', timeoutMs: 5_000 }).catch(() => undefined);
  if (answer === undefined) return 'the URL could not be reached';
  if (answer.status !== 200) return `HTTP Status Code = ${answer.status}`;
  return answer.body === challenge ? undefined : 'the answer was not the challenge';
}

/** What is left of a subscription without these topics, or without all of them; undefined: nothing. */
export function without(subscription: Subscription | undefined, gone: string[] | undefined): Subscription | undefined {
  const fields = subscription?.fields.filter((name) => gone !== undefined && !gone.includes(name)) ?? [];
  return subscription && fields.length > 0 ? { ...subscription, fields } : undefined;
}

/** A subscription as `GET /{appId}/subscriptions` shows it. */
export function shown(object: string, { callbackUrl, fields }: Subscription, version: string): JsonObject {
  const topics = fields.map((name) => ({ name, version }));
  return { object, callback_url: callbackUrl, active: true, fields: topics };
}
