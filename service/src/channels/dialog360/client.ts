/** One call to 360dialog: the key goes into a header, and Meta's paths have neither version nor number. */
import { SendError } from '../../core/errors.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import type { FormField, HttpRequest, HttpResponse, HttpStreamResponse } from '../../core/http.ts';
import { isObject, objectOf, type JsonObject } from '../kit/json.ts';
import { scrub } from '../kit/scrub.ts';
import { errorOf } from './errors.ts';
import { platformSecrets, type Dialog360Settings } from './settings.ts';

export interface ProxyCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `{baseUrl}/`; ids from outside are to be encoded. */
  path: string;
  query?: Record<string, string | number | undefined>;
  json?: unknown;
  form?: FormField[];
  /** What the call says; never repeated in an error. */
  said?: readonly string[];
}

/** The number's webhook: its URL and the headers that come with it. */
export const WEBHOOK_PATH = 'v1/configs/webhook';

/** The vendor's sandbox has its sends below `/v1`. */
const VENDOR_SANDBOX = 'waba-sandbox.360dialog.io';

export function messagesPath({ baseUrl }: Dialog360Settings): string {
  return new URL(baseUrl).hostname === VENDOR_SANDBOX ? 'v1/messages' : 'messages';
}

function secretsOf(settings: Dialog360Settings): string[] {
  const { apiKey, webhookSecret } = settings;
  const all = [apiKey, webhookSecret, ...platformSecrets(settings)];
  return all.filter((secret) => secret !== undefined).flatMap((secret) => [secret, encodeURIComponent(secret)]);
}

function scrubbed(error: unknown, removed: readonly string[]): unknown {
  return error instanceof SendError ? new SendError(error.kind, scrub(error.message, removed), error.details) : error;
}

const isSuccess = ({ status, body }: Pick<HttpResponse, 'status' | 'body'>): boolean =>
  status >= 200 && status < 300 && !isObject(objectOf(body).error);

/** Answers the JSON object of a success; throws `SendError`, whose message repeats neither secrets nor what was said. */
export async function dialog360Call(
  call: ProxyCall,
  settings: Dialog360Settings,
  io: ConnectorIo,
): Promise<JsonObject> {
  const { said = [], path, ...rest } = call;
  const request: HttpRequest = {
    ...rest,
    url: `${settings.baseUrl}/${path}`,
    headers: { 'd360-api-key': settings.apiKey },
  };
  try {
    const response = await io.http.request(request);
    if (!isSuccess(response)) throw errorOf(response, call.method !== 'GET');
    return objectOf(response.body);
  } catch (error) {
    throw scrubbed(error, [...secretsOf(settings), ...said]);
  }
}

/** A file, by a URL below `baseUrl`. Every status is an answer. */
export async function dialog360File(
  url: string,
  settings: Dialog360Settings,
  io: ConnectorIo,
): Promise<HttpStreamResponse> {
  const headers = { 'd360-api-key': settings.apiKey, 'user-agent': 'parley' };
  try {
    const response = await io.http.stream({ method: 'GET', url, headers });
    if (response.status !== 200) response.stream.destroy();
    return response;
  } catch (error) {
    throw scrubbed(error, secretsOf(settings));
  }
}
