/** One call to the Graph API: version, token, `appsecret_proof`, and what a refusal means. */
import { createHmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import { SendError } from '../../core/errors.ts';
import type { ChannelIo, FormField, HttpRequest, HttpResponse } from '../channel.ts';
import { isObject, numberOf, objectOf, type JsonObject } from '../kit/json.ts';
import { scrub } from '../kit/scrub.ts';
import { faultOf, type ErrorRule } from '../kit/whatsapp/errors.ts';
import { appSecrets, type WhatsAppSettings } from './settings.ts';

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

export function graphUrl(settings: WhatsAppSettings, path: string): string {
  return `${settings.baseUrl}/${settings.apiVersion}/${path}`;
}

/** `hex(HMAC-SHA256(app secret, token))`: shows that the caller also knows the secret ("Securing Graph API calls"). */
export function appSecretProof(settings: WhatsAppSettings, token: string): string | undefined {
  const secret = appSecrets(settings)[0];
  if (secret === undefined) return undefined;
  return createHmac('sha256', secret).update(token).digest('hex');
}

/** Everything that must not stand in an error; also as it looks inside a URL. */
function secretsOf(settings: WhatsAppSettings): string[] {
  const proof = appSecretProof(settings, settings.accessToken);
  const all = [settings.accessToken, ...appSecrets(settings), settings.verifyToken, proof];
  return all.filter((secret) => secret !== undefined).flatMap((secret) => [secret, encodeURIComponent(secret)]);
}

function retryAfterMs(headers: HttpResponse['headers']): number | undefined {
  const seconds = numberOf(headers['retry-after']);
  return seconds === undefined || seconds < 0 ? undefined : seconds * 1000;
}

/** What a status means when no known code explains it. A failure of a gateway leaves open whether a write was done. */
function ruleOfStatus(status: number, method: GraphCall['method']): ErrorRule {
  if (status === 429) return { kind: 'throttled' };
  if (status === 401 || status === 403) return { kind: 'settings' };
  if (status === 503) return { kind: 'unreachable' };
  if (status >= 500) return { kind: method === 'GET' ? 'unreachable' : 'uncertain' };
  return { kind: 'rejected' };
}

function errorOf(
  call: GraphCall,
  response: Pick<HttpResponse, 'status' | 'headers' | 'body'>,
  secrets: string[],
): SendError {
  const rule = ruleOfStatus(response.status, call.method);
  const error = objectOf(response.body).error;
  const fault = isObject(error)
    ? faultOf(error, rule)
    : { kind: rule.kind, message: `Meta answered with HTTP status ${response.status} and no explanation`, details: {} };
  const wait = Math.max(fault.details.retryAfterMs ?? 0, retryAfterMs(response.headers) ?? 0);
  const details = wait > 0 ? { ...fault.details, retryAfterMs: wait } : fault.details;
  return new SendError(fault.kind, `${scrub(fault.message, [...secrets, ...(call.said ?? [])])}.`, details);
}

/** The error of a request that goes to a URL of Meta's own choice, like a file download. */
export function answerError(response: Pick<HttpResponse, 'status' | 'headers'>, settings: WhatsAppSettings): SendError {
  return errorOf({ method: 'GET', path: '' }, { ...response, body: undefined }, secretsOf(settings));
}

/** The app's own token, for calls about the app itself. Throws `SendError('settings')` when it cannot be made. */
export function appToken(settings: WhatsAppSettings): string {
  const secret = appSecrets(settings)[0];
  if (settings.appId === undefined || secret === undefined) {
    throw new SendError('settings', 'appId and appSecret are both needed for this call; set them in the account.');
  }
  return `${settings.appId}|${secret}`;
}

function requestOf(call: GraphCall, settings: WhatsAppSettings): HttpRequest {
  const { method, path, query, json, form, bytes, headers, as } = call;
  const token = as === 'app' ? appToken(settings) : settings.accessToken;
  return {
    method,
    url: graphUrl(settings, path),
    headers: { authorization: `Bearer ${token}`, ...headers },
    query: { ...query, appsecret_proof: appSecretProof(settings, token) },
    ...(json === undefined ? {} : { json }),
    ...(form === undefined ? {} : { form }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** Answers the JSON object of a success; throws `SendError`, whose message repeats neither secrets nor what was said. */
export async function graph(call: GraphCall, settings: WhatsAppSettings, io: ChannelIo): Promise<JsonObject> {
  const secrets = secretsOf(settings);
  let response: HttpResponse;
  try {
    response = await io.http.request(requestOf(call, settings));
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    throw new SendError(error.kind, scrub(error.message, [...secrets, ...(call.said ?? [])]), error.details);
  }
  const isSuccess = response.status >= 200 && response.status < 300 && !isObject(objectOf(response.body).error);
  if (!isSuccess) throw errorOf(call, response, secrets);
  return objectOf(response.body);
}
