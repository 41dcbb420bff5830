/** One call to the Graph API: version, token, `appsecret_proof`, and what a refusal means. Shared by everything of Meta's. */
import { createHmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import { SendError } from '../../../core/errors.ts';
import type { ConnectorIo } from '../../../connectors/connector.ts';
import type { FormField, HttpRequest, HttpResponse } from '../../../core/http.ts';
import { kindOfStatus } from '../../../core/retry.ts';
import { isObject, objectOf, type JsonObject } from '../../kit/json.ts';
import { aheadIn } from '../../kit/provider-clock.ts';
import { toldWaitMs } from '../../kit/retry-after.ts';
import { scrub } from '../../kit/scrub.ts';
import type { ErrorRule, ProviderFault } from './fault.ts';
import { usageOf } from './usage.ts';

/** How an account reaches the Graph API. */
export interface GraphAccess {
  baseUrl: string;
  /** Where the app's own calls go, when not there too. */
  appBaseUrl?: string;
  apiVersion: string;
  token: string;
  appId?: string | undefined;
  /** The current one first. */
  appSecrets: readonly string[];
  /** Whether calls with the account's token carry a proof that the caller also knows the app's secret; the app's own do. */
  isProved: boolean;
  /** What must not stand in an error besides the token and the app secrets. */
  otherSecrets: readonly string[];
  /** What `error` of an answer means; `fallback` is for a code that no page names. */
  readFault(error: JsonObject, fallback: ErrorRule): ProviderFault;
}

export interface GraphCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `{baseUrl}/{version}/`; ids from outside are to be encoded. */
  path: string;
  query?: Record<string, string | number | undefined>;
  json?: unknown;
  form?: FormField[];
  bytes?: Readable | Buffer;
  headers?: Record<string, string>;
  /** `app`: the app's own token, for its subscriptions and for token inspection. Default: the account's. */
  as?: 'account' | 'app';
  /** What the call says; never repeated in an error. */
  said?: readonly string[];
}

/** `hex(HMAC-SHA256(app secret, token))`: shows that the caller also knows the secret ("Securing Graph API calls"). */
function proofOf({ appSecrets: [secret] }: GraphAccess, token: string): string | undefined {
  if (secret === undefined) return undefined;
  return createHmac('sha256', secret).update(token).digest('hex');
}

/** Everything that must not stand in an error; also as it looks inside a URL. */
function secretsOf(access: GraphAccess): string[] {
  const proof = proofOf(access, access.token);
  const all = [access.token, ...access.appSecrets, ...access.otherSecrets, ...(proof === undefined ? [] : [proof])];
  return all.flatMap((secret) => [secret, encodeURIComponent(secret)]);
}

type Answer = Pick<HttpResponse, 'status' | 'headers' | 'body'>;

function faultIn({ method }: GraphCall, { status, body }: Answer, access: GraphAccess): ProviderFault {
  const rule = { kind: kindOfStatus(status, method !== 'GET') };
  const error = objectOf(body).error;
  if (isObject(error)) return access.readFault(error, rule);
  return { kind: rule.kind, message: `Meta answered with HTTP status ${status} and no explanation`, details: {} };
}

function errorOf(call: GraphCall, answer: Answer, access: GraphAccess): SendError {
  const fault = faultIn(call, answer, access);
  const usage = fault.kind === 'throttled' ? usageOf(answer.headers) : {};
  const isOfAccount = fault.details.scope === undefined || fault.details.scope === 'account';
  // What Meta tells of these calls counts before what is usual.
  const usual = isOfAccount && usage.retryAfterMs !== undefined ? 0 : (fault.details.retryAfterMs ?? 0);
  const wait = Math.max(usual, usage.retryAfterMs ?? 0, toldWaitMs(answer.headers));
  const details = wait > 0 ? { ...fault.details, retryAfterMs: wait } : fault.details;
  const message = usage.message === undefined ? fault.message : `${fault.message}. ${usage.message}`;
  // Of a call that changes nothing, nothing is uncertain.
  const kind = fault.kind === 'uncertain' && call.method === 'GET' ? 'unreachable' : fault.kind;
  return new SendError(kind, `${scrub(message, [...secretsOf(access), ...(call.said ?? [])])}.`, details);
}

/** The error of a request that goes to a URL of Meta's own choice, like a file download. */
export function answerErrorOf(response: Pick<HttpResponse, 'status' | 'headers'>, access: GraphAccess): SendError {
  return errorOf({ method: 'GET', path: '' }, { ...response, body: undefined }, access);
}

/** The app's own token, for calls about the app itself. Throws `SendError('settings')` when it cannot be made. */
function appTokenOf({ appId, appSecrets: [secret] }: GraphAccess): string {
  if (appId === undefined || secret === undefined) {
    throw new SendError('settings', 'appId and appSecret are both needed for this call; set them in the account.');
  }
  return `${appId}|${secret}`;
}

function requestOf(call: GraphCall, access: GraphAccess): HttpRequest {
  const { method, path, query, json, form, bytes, headers, as } = call;
  const isApp = as === 'app';
  const token = isApp ? appTokenOf(access) : access.token;
  const baseUrl = isApp ? (access.appBaseUrl ?? access.baseUrl) : access.baseUrl;
  return {
    method,
    url: `${baseUrl}/${access.apiVersion}/${path}`,
    headers: { authorization: `Bearer ${token}`, ...headers },
    query: { ...query, appsecret_proof: isApp || access.isProved ? proofOf(access, token) : undefined },
    ...(json === undefined ? {} : { json }),
    ...(form === undefined ? {} : { form }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** A success: its JSON object, and how far Meta's clock is ahead of ours (milliseconds; undefined: it did not tell). */
export interface GraphAnswer {
  body: JsonObject;
  aheadMs: number | undefined;
}

/** Answers the JSON object of a success; throws `SendError`, whose message repeats neither secrets nor what was said. */
export async function callGraph(call: GraphCall, access: GraphAccess, io: ConnectorIo): Promise<JsonObject> {
  return (await askGraph(call, access, io)).body;
}

/** Does the same, and tells Meta's clock as well. */
export async function askGraph(call: GraphCall, access: GraphAccess, io: ConnectorIo): Promise<GraphAnswer> {
  let response: HttpResponse;
  const calledAt = io.clock.now();
  try {
    response = await io.http.request(requestOf(call, access));
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    throw new SendError(error.kind, scrub(error.message, [...secretsOf(access), ...(call.said ?? [])]), error.details);
  }
  const isSuccess = response.status >= 200 && response.status < 300 && !isObject(objectOf(response.body).error);
  if (!isSuccess) throw errorOf(call, response, access);
  return { body: objectOf(response.body), aheadMs: aheadIn(response.headers, calledAt, io.clock.now()) };
}
