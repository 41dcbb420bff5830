/** The account of these tests, and requests as 360dialog would make them. */
import { createHmac } from 'node:crypto';
import type { RawRequest } from '../../../service/src/connectors/connector.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import type { Dialog360Settings } from '../../../service/src/channels/dialog360/settings.ts';
import { json } from '../../conformance/fake-io.ts';
import { PHONE_ID, WABA_ID } from '../whatsapp/support.ts';

export const API = 'https://waba-v2.360dialog.io';
export const PLATFORM_SECRET = 'platform-secret';
export const HEADER_VALUE = 'Bearer a-long-random-value-of-ours';

/** Every secret is set: webhooks need both the header and the signature. */
export const CREDENTIAL = {
  apiKey: 'd360-key-of-the-number',
  phoneNumberId: PHONE_ID,
  phoneNumber: '+4915100000000',
  wabaId: WABA_ID,
  webhookHeader: 'Authorization',
  webhookSecret: HEADER_VALUE,
  platformSecret: PLATFORM_SECRET,
};

export function settingsWith(change: Partial<Record<keyof Dialog360Settings, unknown>> = {}): Dialog360Settings {
  return dialog360.settings.parse({ ...CREDENTIAL, ...change });
}
export const SETTINGS = settingsWith();

export function signatureOf(body: Buffer, secret = PLATFORM_SECRET): string {
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(body).digest('hex');
}

export function requestWith(body: Buffer, headers: Record<string, string> = {}): RawRequest {
  return { method: 'POST', url: 'https://parley.example.com/webhooks/dialog360/e1', headers, query: {}, body };
}

export function sign(body: Buffer): RawRequest {
  return requestWith(body, { authorization: HEADER_VALUE, 'x-360dialog-signature': signatureOf(body) });
}

/** The proxy's own refusal. */
export function proxyError(status: number, error: string): HttpResponse {
  return json(status, { error });
}
