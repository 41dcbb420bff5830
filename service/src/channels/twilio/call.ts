/** One call to Twilio: host, Basic auth, form or JSON, and what a refusal means. */
import { SendError } from '../../core/errors.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import type { HttpRequest, HttpResponse } from '../../core/http.ts';
import { kindOfStatus } from '../../core/retry.ts';
import { objectOf, type JsonObject } from '../kit/json.ts';
import { toldWaitMs } from '../kit/retry-after.ts';
import { scrub } from '../kit/scrub.ts';
import { answeredFault, type ErrorRule } from './errors.ts';
import { encodeForm, FORM_TYPE, type Fields } from './form.ts';
import { authTokens, type TwilioSettings } from './settings.ts';

const HOSTS = {
  api: 'https://api.twilio.com',
  content: 'https://content.twilio.com',
  messaging: 'https://messaging.twilio.com',
} as const;

export interface TwilioCall {
  /** Default: the 2010 API. */
  host?: keyof typeof HOSTS;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the root, with a query where Twilio gave one; ids from outside are to be encoded. */
  path: string;
  query?: HttpRequest['query'];
  /** At most one of these. */
  form?: Fields;
  json?: unknown;
  /** It creates nothing twice, or nothing at all: without an answer it was not done. */
  repeatable?: boolean;
  /** What the call says; never repeated in an error. */
  said?: readonly string[];
}

export function hostOf(settings: TwilioSettings, host: keyof typeof HOSTS): string {
  return settings.baseUrl ?? HOSTS[host];
}

/** Below the account in the 2010 API. */
export function accountPath({ accountSid }: TwilioSettings, rest: string): string {
  return `/2010-04-01/Accounts/${accountSid}${rest}`;
}

/** An API key where there is one, else the auth token. Subaccounts' resources are named by the path, not by the user. */
export function authorization(settings: TwilioSettings): string {
  const { accountSid, apiKeySid, apiKeySecret } = settings;
  const pair =
    apiKeySid === undefined ? `${accountSid}:${authTokens(settings)[0] ?? ''}` : `${apiKeySid}:${apiKeySecret ?? ''}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

/** Everything that must not stand in an error; also as it looks inside a URL or a header. */
function secretsOf(settings: TwilioSettings): string[] {
  const plain = [...authTokens(settings), settings.apiKeySecret].filter((secret) => secret !== undefined);
  return [...plain, ...plain.map(encodeURIComponent), authorization(settings).slice('Basic '.length)];
}

type Answer = Pick<HttpResponse, 'status' | 'headers' | 'body'>;

function errorOf(call: TwilioCall, answer: Answer, settings: TwilioSettings): SendError {
  const rule: ErrorRule = { kind: kindOfStatus(answer.status, call.method !== 'GET') };
  // A key may lack the permission for contents and still send texts.
  const isOnlyThis = call.host === 'content' && answer.status === 403;
  const fault = answeredFault(answer.body, rule) ?? {
    kind: rule.kind,
    message: `Twilio answered with HTTP status ${answer.status} and no explanation`,
    details: {},
  };
  const retryAfterMs = Math.max(fault.details.retryAfterMs ?? 0, toldWaitMs(answer.headers));
  const traceId = answer.headers['twilio-request-id'];
  return errorFor(
    call,
    settings,
    new SendError(fault.kind, `${fault.message}.`, {
      ...fault.details,
      ...(isOnlyThis && { scope: 'message' }),
      ...(retryAfterMs > 0 && { retryAfterMs }),
      ...(traceId && { traceId }),
    }),
  );
}

/** Without secrets and without what was said; of a call that may simply be repeated, nothing is uncertain. */
function errorFor(call: TwilioCall, settings: TwilioSettings, { kind, message, details }: SendError): SendError {
  const isSafe = kind === 'uncertain' && (call.method === 'GET' || call.repeatable === true);
  return new SendError(
    isSafe ? 'unreachable' : kind,
    scrub(message, [...secretsOf(settings), ...(call.said ?? [])]),
    details,
  );
}

/** The error of a download. */
export function answerError(answer: Pick<HttpResponse, 'status' | 'headers'>, settings: TwilioSettings): SendError {
  return errorOf({ method: 'GET', path: '' }, { ...answer, body: undefined }, settings);
}

function requestOf(call: TwilioCall, settings: TwilioSettings): HttpRequest {
  const { host = 'api', method, path, query, form, json } = call;
  return {
    method,
    url: `${hostOf(settings, host)}${path}`,
    headers: {
      authorization: authorization(settings),
      accept: 'application/json',
      ...(form && { 'content-type': FORM_TYPE }),
    },
    ...(query && { query }),
    ...(form && { bytes: encodeForm(form) }),
    ...(json !== undefined && { json }),
  };
}

/** Answers the JSON object of a success; throws `SendError`, whose message repeats neither secrets nor what was said. */
export async function twilio(call: TwilioCall, settings: TwilioSettings, io: ConnectorIo): Promise<JsonObject> {
  return objectOf((await twilioAnswer(call, settings, io)).body);
}

/** Does the same, and answers the headers as well. */
export async function twilioAnswer(call: TwilioCall, settings: TwilioSettings, io: ConnectorIo): Promise<HttpResponse> {
  let answer: HttpResponse;
  try {
    answer = await io.http.request(requestOf(call, settings));
  } catch (error) {
    throw error instanceof SendError ? errorFor(call, settings, error) : error;
  }
  if (answer.status < 200 || answer.status >= 300) throw errorOf(call, answer, settings);
  return answer;
}
