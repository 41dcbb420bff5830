/** What is sent: signed WhatsApp webhooks as Meta words them, and template sends. Every one differs, as identical ones are de-duplicated. */
import { createHmac } from 'node:crypto';

export interface WebhookTarget {
  path: string;
  secret: string;
  phoneNumberId: string;
  wabaId: string;
}

export interface SendTarget {
  apiKey: string;
  /** The accounts that send in turn: each has a rate of its own. */
  externalIds: readonly string[];
}

/** People who write; each message of one belongs to the same conversation. */
export const PEOPLE = 1_000;
/** The address of the n-th. */
export const addressOf = (n: number): string => String(491_700_000_000 + n);

let next = 0;

/** The numbers of messages that nobody has sent yet. */
export function numbers(count: number): number {
  const first = next;
  next += count;
  return first;
}

/** The body of the n-th message. */
export function webhookBody({ phoneNumberId, wabaId }: WebhookTarget, n: number): string {
  const from = addressOf(n % PEOPLE);
  const text = `Hello, is order ${n} on its way already? It was to arrive yesterday.`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const id = `wamid.HBgMNDkxNzAwMDAwMDAwFQIAEhgg${String(n).padStart(24, '0')}AA==`;
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '4930901820', phone_number_id: phoneNumberId },
    contacts: [{ profile: { name: `Customer ${n % PEOPLE}` }, wa_id: from }],
    messages: [{ from, id, timestamp, text: { body: text }, type: 'text' }],
  };
  const entry = [{ id: wabaId, changes: [{ value, field: 'messages' }] }];
  return JSON.stringify({ object: 'whatsapp_business_account', entry });
}

export function sign(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export function webhookRequest(target: WebhookTarget): (n: number) => Buffer {
  return (n) => {
    const body = webhookBody(target, n);
    const headers = [
      'user-agent: facebookexternalua',
      'accept: */*',
      'accept-encoding: deflate, gzip',
      `x-hub-signature-256: ${sign(target.secret, body)}`,
    ];
    return raw(target.path, headers, body);
  };
}

/** Each to someone else, as a template: nobody has written yet, so nothing else may be sent. */
export function sendRequest({ apiKey, externalIds }: SendTarget): (n: number) => Buffer {
  return (n) => {
    const content = { type: 'template', name: 'order_shipped', language: 'en' };
    const to = `+${491_710_000_000 + n}`;
    const externalId = externalIds[n % externalIds.length];
    const body = JSON.stringify({ account: { channel: 'whatsapp', externalId }, to, content });
    return raw('/v1/messages', [`authorization: Bearer ${apiKey}`, `idempotency-key: bench:${n}`], body);
  };
}

function raw(path: string, headers: readonly string[], body: string): Buffer {
  const all = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return Buffer.from(`${all.join('\r\n')}\r\n\r\n${body}`);
}
