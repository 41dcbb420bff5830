/** The account of these tests, and requests as Meta would make them. */
import { createHmac } from 'node:crypto';
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import type { RawRequest } from '../../../service/src/connectors/connector.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import type { WhatsAppSettings } from '../../../service/src/channels/whatsapp/settings.ts';
import { json } from '../../conformance/fake-io.ts';

export const SECRET = '0123456789abcdef0123456789abcdef';
export const PHONE_ID = '106540352242922';
export const WABA_ID = '102290129340398';
export const APP_ID = '654839201847362';
export const GRAPH = 'https://graph.facebook.com/v23.0';

export const CREDENTIAL = {
  accessToken: 'EAAtesttoken123',
  phoneNumberId: PHONE_ID,
  wabaId: WABA_ID,
  appId: APP_ID,
  appSecret: SECRET,
  verifyToken: 'a-token-of-our-choice',
};

export function settingsWith(change: Partial<Record<keyof WhatsAppSettings, unknown>> = {}): WhatsAppSettings {
  return whatsapp.settings.parse({ ...CREDENTIAL, ...change });
}
export const SETTINGS = settingsWith();

export function signatureOf(body: Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', Buffer.from(secret, 'utf8')).update(body).digest('hex')}`;
}

export function requestWith(body: Buffer, signature?: string): RawRequest {
  const headers: Record<string, string> = signature === undefined ? {} : { 'x-hub-signature-256': signature };
  return { method: 'POST', url: 'https://parley.example.com/webhooks/whatsapp/e1', headers, query: {}, body };
}

export function sign(body: Buffer): RawRequest {
  return requestWith(body, signatureOf(body));
}

export const METADATA = { display_phone_number: '15559990000', phone_number_id: PHONE_ID };

export interface ChangeSample {
  field: string;
  value: unknown;
}

export function bodyOf(...changes: ChangeSample[]): Record<string, unknown> {
  const entry = [{ id: WABA_ID, time: 1_739_321_024, changes }];
  return { object: 'whatsapp_business_account', entry };
}

/** A change of the field `messages`, with the members every one has. */
export function messagesChange(value: Record<string, unknown>): ChangeSample {
  return { field: 'messages', value: { messaging_product: 'whatsapp', metadata: METADATA, ...value } };
}

export function parseBody(body: unknown, settings = SETTINGS): ChannelEvent[] {
  return whatsapp.parse(requestWith(Buffer.from(JSON.stringify(body))), settings);
}

export function parseChange(change: ChangeSample, settings = SETTINGS): ChannelEvent[] {
  return parseBody(bodyOf(change), settings);
}

/** A Graph API error as Meta answers it. */
export function graphError(code: number, status = 400, more: Record<string, unknown> = {}): HttpResponse {
  const error = {
    message: `(#${code}) Something is wrong`,
    type: 'OAuthException',
    code,
    error_data: { messaging_product: 'whatsapp', details: 'The details of it.' },
    fbtrace_id: 'Az8',
    ...more,
  };
  return json(status, { error });
}
