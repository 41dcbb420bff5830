/** One call to Sendbird: host, token, JSON, and what a refusal means. */
import type { ConnectorIo } from '../../connectors/connector.ts';
import { SendError } from '../../core/errors.ts';
import type { HttpRequest, HttpResponse } from '../../core/http.ts';
import { kindOfStatus } from '../../core/retry.ts';
import { objectOf, type JsonObject } from '../kit/json.ts';
import { toldWaitMs } from '../kit/retry-after.ts';
import { scrub } from '../kit/scrub.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { faultIn } from './errors.ts';
import { webhookTokens, type SendbirdSettings } from './settings.ts';

export interface SendbirdCall {
  method: HttpRequest['method'];
  /** Below `/v3`; ids from outside are to be encoded. */
  path: string;
  query?: HttpRequest['query'];
  json?: unknown;
  /** It makes nothing twice, or nothing at all: without an answer it was not done. */
  repeatable?: boolean;
  /** What the call says; never repeated in an error. */
  said?: readonly string[];
}

/** Where the application's API answers. */
export function hostOf({ baseUrl, applicationId }: SendbirdSettings): string {
  return baseUrl ?? `https://api-${applicationId.toLowerCase()}.sendbird.com`;
}

/** The path of a group channel; a thread is its URL. */
export function channelPath(thread: string, rest: string): string {
  return `/group_channels/${pathSegment(thread)}${rest}`;
}

type Answer = Pick<HttpResponse, 'status' | 'headers' | 'body'>;

function errorOf(call: SendbirdCall, answer: Answer, settings: SendbirdSettings): SendError {
  const kind = kindOfStatus(answer.status, call.method !== 'GET');
  const fault = faultIn(answer.body, { kind }) ?? {
    kind,
    message: `Sendbird answered with HTTP status ${answer.status} and no explanation`,
    details: {},
  };
  // What is 5xx proves nothing, whatever code stands in it.
  const actual = kind === 'uncertain' ? kind : fault.kind;
  const retryAfterMs = Math.max(fault.details.retryAfterMs ?? 0, toldWaitMs(answer.headers));
  const details = { ...fault.details, ...(retryAfterMs > 0 && { retryAfterMs }) };
  return errorFor(call, settings, new SendError(actual, `${fault.message}.`, details));
}

/** Without secrets and without what was said; of a call that may simply be repeated, nothing is uncertain. */
function errorFor(call: SendbirdCall, settings: SendbirdSettings, { kind, message, details }: SendError): SendError {
  const isSafe = kind === 'uncertain' && (call.method === 'GET' || call.repeatable === true);
  const secrets = [settings.apiToken, ...webhookTokens(settings), ...(call.said ?? [])];
  return new SendError(isSafe ? 'unreachable' : kind, scrub(message, secrets), details);
}

/** The error of a download. */
export function answerError(answer: Pick<HttpResponse, 'status' | 'headers'>, settings: SendbirdSettings): SendError {
  return errorOf({ method: 'GET', path: '' }, { ...answer, body: undefined }, settings);
}

/** Answers the JSON object of a success; throws `SendError`, whose message repeats neither secrets nor what was said. */
export async function sendbird(call: SendbirdCall, settings: SendbirdSettings, io: ConnectorIo): Promise<JsonObject> {
  return objectOf((await sendbirdAnswer(call, settings, io)).body);
}

/** Does the same, and answers the headers as well. */
export async function sendbirdAnswer(
  call: SendbirdCall,
  settings: SendbirdSettings,
  io: ConnectorIo,
): Promise<HttpResponse> {
  const { method, path, query, json } = call;
  let answer: HttpResponse;
  try {
    answer = await io.http.request({
      ...{ method, url: `${hostOf(settings)}/v3${path}` },
      headers: { 'api-token': settings.apiToken, accept: 'application/json' },
      ...(query && { query }),
      ...(json !== undefined && { json }),
    });
  } catch (error) {
    throw error instanceof SendError ? errorFor(call, settings, error) : error;
  }
  if (answer.status < 200 || answer.status >= 300) throw errorOf(call, answer, settings);
  return answer;
}
