import { createHmac } from 'node:crypto';
import type { WebhookDelivery, WebhookPoster } from '../webhook-poster.ts';

/** JSON as Meta transmits it: non-ASCII as lower-case \uXXXX escapes and every slash escaped. */
export function encodeAsMeta(value: unknown): Buffer {
  const text = JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(text, 'latin1');
}

/** The value of X-Hub-Signature-256 for exactly these bytes. */
export function signatureOf(appSecret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** The headers with which Meta posts these bytes. */
export function hubHeaders(appSecret: string, body: Buffer): Record<string, string> {
  return { 'x-hub-signature-256': signatureOf(appSecret, body), 'user-agent': 'facebookexternalua' };
}

/** Posts any body: bytes as they are, anything else as Meta would write it. */
export function postRaw(poster: WebhookPoster, body: Buffer | object, url: string | undefined): WebhookDelivery {
  if (url === undefined) throw new Error('No callback is set');
  return poster.post(url, Buffer.isBuffer(body) ? body : encodeAsMeta(body));
}
