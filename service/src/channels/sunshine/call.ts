/** One call to Sunshine: host, Basic auth, JSON, and what a refusal means. */
import type { ConnectorIo } from '../../connectors/connector.ts';
import { SendError } from '../../core/errors.ts';
import type { FormField, HttpRequest, HttpResponse } from '../../core/http.ts';
import { kindOfStatus } from '../../core/retry.ts';
import { objectOf, type JsonObject } from '../kit/json.ts';
import { toldWaitMs } from '../kit/retry-after.ts';
import { scrub } from '../kit/scrub.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { answeredFault, BY_STATUS } from './errors.ts';
import { hostOf, webhookSecrets, type SunshineSettings } from './settings.ts';

export interface SunshineCall {
  method: HttpRequest['method'];
  /** Below the app; ids from outside are to be encoded. */
  path: string;
  /** Default: v2. */
  version?: 'v1.1';
  query?: HttpRequest['query'];
  json?: unknown;
  form?: FormField[];
  /** It makes nothing twice, or nothing at all: without an answer it was not done. */
  repeatable?: boolean;
  /** What the call says; never repeated in an error. */
  said?: readonly string[];
}

/** The path of a conversation; a thread is its id. */
export function conversationPath(thread: string, rest: string): string {
  return `/conversations/${pathSegment(thread)}${rest}`;
}

export function authorization({ keyId, secret }: SunshineSettings): string {
  return `Basic ${Buffer.from(`${keyId}:${secret}`, 'utf8').toString('base64')}`;
}

/** Everything that must not stand in an error. */
function secretsOf(settings: SunshineSettings): string[] {
  return [settings.secret, authorization(settings).slice('Basic '.length), ...webhookSecrets(settings)];
}

type Answer = Pick<HttpResponse, 'status' | 'headers' | 'body'>;

function errorOf(call: SunshineCall, answer: Answer, settings: SunshineSettings): SendError {
  const byStatus = kindOfStatus(answer.status, call.method !== 'GET');
  const rule = BY_STATUS[answer.status] ?? { kind: byStatus };
  const fault = answeredFault(answer.body, rule) ?? {
    kind: rule.kind,
    message: `Sunshine answered with HTTP status ${answer.status}${rule.hint === undefined ? ' and no explanation' : `. ${rule.hint}`}`,
    details: {},
  };
  // What is 5xx proves nothing, whatever code stands in it.
  const kind = byStatus === 'uncertain' || byStatus === 'throttled' ? byStatus : fault.kind;
  const retryAfterMs = toldWaitMs(answer.headers);
  const details = { ...fault.details, ...(retryAfterMs > 0 && { retryAfterMs }) };
  return errorFor(call, settings, new SendError(kind, `${fault.message.replace(/\.$/, '')}.`, details));
}

/** Without secrets and without what was said; of a call that may simply be repeated, nothing is uncertain. */
function errorFor(call: SunshineCall, settings: SunshineSettings, { kind, message, details }: SendError): SendError {
  const isSafe = kind === 'uncertain' && (call.method === 'GET' || call.repeatable === true);
  const text = scrub(message, [...secretsOf(settings), ...(call.said ?? [])]);
  return new SendError(isSafe ? 'unreachable' : kind, text, details);
}

/** The error of a download. */
export function answerError(answer: Pick<HttpResponse, 'status' | 'headers'>, settings: SunshineSettings): SendError {
  return errorOf({ method: 'GET', path: '' }, { ...answer, body: undefined }, settings);
}

/** Answers the JSON object of a success; throws `SendError`, whose message repeats neither secrets nor what was said. */
export async function sunshine(call: SunshineCall, settings: SunshineSettings, io: ConnectorIo): Promise<JsonObject> {
  return objectOf((await sunshineAnswer(call, settings, io)).body);
}

/** Does the same, and answers the headers as well. */
export async function sunshineAnswer(
  call: SunshineCall,
  settings: SunshineSettings,
  io: ConnectorIo,
): Promise<HttpResponse> {
  const { method, path, version = 'v2', query, json, form } = call;
  let answer: HttpResponse;
  try {
    answer = await io.http.request({
      ...{ method, url: `${hostOf(settings)}/${version}/apps/${settings.appId}${path}` },
      headers: { authorization: authorization(settings), accept: 'application/json' },
      ...(query && { query }),
      ...(json !== undefined && { json }),
      ...(form && { form }),
    });
  } catch (error) {
    throw error instanceof SendError ? errorFor(call, settings, error) : error;
  }
  if (answer.status < 200 || answer.status >= 300) throw errorOf(call, answer, settings);
  return answer;
}
