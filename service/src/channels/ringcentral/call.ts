/** One call to RingCentral Engage: host, token, JSON, and what a refusal means. */
import type { ConnectorIo } from '../../connectors/connector.ts';
import { SendError } from '../../core/errors.ts';
import type { FormField, HttpRequest, HttpResponse } from '../../core/http.ts';
import { kindOfStatus } from '../../core/retry.ts';
import { labelOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { toldWaitMs } from '../kit/retry-after.ts';
import { scrub } from '../kit/scrub.ts';
import { sentences } from '../kit/sentences.ts';
import { ERROR_TABLE } from './errors.ts';
import { hostOf, webhookSecrets, type RingCentralSettings } from './settings.ts';

export interface EngageCall {
  method: HttpRequest['method'];
  /** Below `/1.0`; ids from outside are to be encoded. */
  path: string;
  query?: HttpRequest['query'];
  json?: unknown;
  form?: FormField[];
  /** It makes nothing twice, or nothing at all: without an answer it was not done. */
  repeatable?: boolean;
  /** What the call says; never repeated in an error. */
  said?: readonly string[];
}

export const authorization = ({ accessToken }: RingCentralSettings): string => `Bearer ${accessToken}`;

type Answer = Pick<HttpResponse, 'status' | 'headers' | 'body'>;

function errorOf(call: EngageCall, { status, headers, body }: Answer, settings: RingCentralSettings): SendError {
  const rule = ERROR_TABLE[status] ?? { kind: kindOfStatus(status, call.method !== 'GET') };
  const { error, message } = objectOf(body);
  const said = textOf(message) ?? textOf(error) ?? `RingCentral answered with HTTP status ${status} and no explanation`;
  const told = toldWaitMs(headers);
  const retryAfterMs = told > 0 ? told : rule.retryAfterMs;
  const providerCode = labelOf(error);
  return errorFor(
    call,
    settings,
    new SendError(rule.kind, `${sentences(said, rule.hint)}.`, {
      ...(providerCode !== undefined && { providerCode }),
      ...(rule.scope && { scope: rule.scope }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    }),
  );
}

/** Without secrets and without what was said; of a call that may simply be repeated, nothing is uncertain. */
function errorFor(call: EngageCall, settings: RingCentralSettings, { kind, message, details }: SendError): SendError {
  const isSafe = kind === 'uncertain' && (call.method === 'GET' || call.repeatable === true);
  const { accessToken, verifyToken = '' } = settings;
  const text = scrub(message, [accessToken, verifyToken, ...webhookSecrets(settings), ...(call.said ?? [])]);
  return new SendError(isSafe ? 'unreachable' : kind, text, details);
}

/** The error of a download. */
export function answerError(
  answer: Pick<HttpResponse, 'status' | 'headers'>,
  settings: RingCentralSettings,
): SendError {
  return errorOf({ method: 'GET', path: '' }, { ...answer, body: undefined }, settings);
}

/** Answers a success; throws `SendError`, whose message repeats neither secrets nor what was said. */
export async function engageAnswer(
  call: EngageCall,
  settings: RingCentralSettings,
  io: ConnectorIo,
): Promise<HttpResponse> {
  const { method, path, query, json, form } = call;
  let answer: HttpResponse;
  try {
    answer = await io.http.request({
      ...{ method, url: `${hostOf(settings)}/1.0${path}` },
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

/** Answers the JSON object of a success. */
export async function engage(call: EngageCall, settings: RingCentralSettings, io: ConnectorIo): Promise<JsonObject> {
  return objectOf((await engageAnswer(call, settings, io)).body);
}
