import { objectOf, parseJson, type JsonObject } from '../kit/json.ts';
import { SANDBOX_DEFAULTS } from './defaults.ts';
import type { WhatsAppSandbox } from './sandbox.ts';

/** An answer of the sandbox, with the parts of an error pulled out. */
export interface GraphAnswer {
  status: number;
  body: JsonObject;
  code: unknown;
  details: unknown;
  headers: Headers;
}

export interface GraphRequest {
  token?: string | null;
  body?: unknown;
  form?: FormData;
  raw?: Buffer;
  headers?: Record<string, string>;
}

const { accessToken, phoneNumberId, apiVersion } = SANDBOX_DEFAULTS;

/** Calls the sandbox as an integration would; rejects when the connection is cut. */
export async function graph(
  sandbox: WhatsAppSandbox,
  method: string,
  path: string,
  request: GraphRequest = {},
): Promise<GraphAnswer> {
  const token = request.token === undefined ? accessToken : request.token;
  const response = await fetch(`${sandbox.url}/${apiVersion}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    body: payloadOf(request),
  });
  const body = objectOf(parseJson(await response.text()));
  const error = objectOf(body['error']);
  const details = objectOf(error['error_data'])['details'];
  return { status: response.status, body, code: error['code'], details, headers: response.headers };
}

/** POST /messages with the common members filled in. */
export function send(sandbox: WhatsAppSandbox, content: JsonObject, to = '+1 (555) 000-1111'): Promise<GraphAnswer> {
  const body = { messaging_product: 'whatsapp', recipient_type: 'individual', to, ...content };
  return graph(sandbox, 'POST', `/${phoneNumberId}/messages`, { body });
}

/** The id of the message that was accepted. */
export function messageIdOf(answer: GraphAnswer): string {
  const messages = answer.body['messages'] as { id: string }[];
  return messages[0]?.id ?? '';
}

function payloadOf({ form, raw, body }: GraphRequest) {
  if (raw) return new Uint8Array(raw);
  return form ?? (body === undefined ? undefined : JSON.stringify(body));
}
