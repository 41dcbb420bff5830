/** The accounts of these tests, and requests as Twilio would make them. */
import { createHmac } from 'node:crypto';
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import type { RawRequest } from '../../../service/src/connectors/connector.ts';
import type { HttpRequest, HttpResponse } from '../../../service/src/core/http.ts';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import type { TwilioSettings } from '../../../service/src/channels/twilio/settings.ts';
import { json } from '../../conformance/fake-io.ts';

export const ACCOUNT_SID = 'AC00000000000000000000000000000001';
export const SERVICE_SID = 'MG00000000000000000000000000000001';
export const TOKEN = '0123456789abcdef0123456789abcdef';
export const SMS_NUMBER = '+15550002222';
export const SENDER = '+14155238886';
export const URL_IN = 'https://hooks.example.com/twilio/in';
export const MESSAGES = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`;

export const CREDENTIAL = {
  accountSid: ACCOUNT_SID,
  authToken: TOKEN,
  apiKeySid: 'SK00000000000000000000000000000001',
  apiKeySecret: 'a-secret-of-an-api-key',
  from: SENDER,
};
export const SMS_CREDENTIAL = { ...CREDENTIAL, from: SMS_NUMBER };

export function whatsappWith(change: Record<string, unknown> = {}): TwilioSettings {
  return twilioWhatsApp.settings.parse({ ...CREDENTIAL, ...change });
}
export function smsWith(change: Record<string, unknown> = {}): TwilioSettings {
  return twilioSms.settings.parse({ ...SMS_CREDENTIAL, ...change });
}
export const WHATSAPP = whatsappWith();
export const SMS = smsWith();

export type Form = Record<string, string>;

/** A body that is no form becomes JSON: no webhook of Twilio's messaging. */
export function encode(value: unknown): Buffer {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return Buffer.from(JSON.stringify(value));
  const texts = Object.entries(value).map(([name, member]): [string, string] => [
    name,
    typeof member === 'string' ? member : JSON.stringify(member),
  ]);
  return Buffer.from(new URLSearchParams(texts).toString());
}

/** Written apart from the code under test: no repeated names here. */
export function signatureOf(url: string, form: Iterable<readonly [string, string]>, token = TOKEN): string {
  const pairs = [...form].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const text = pairs.reduce((rest, [name, value]) => rest + name + value, url);
  return createHmac('sha1', token).update(text, 'utf8').digest('base64');
}

export function requestWith(body: Buffer | string, signature?: string, url = URL_IN): RawRequest {
  const headers: Record<string, string> = signature === undefined ? {} : { 'x-twilio-signature': signature };
  const query = Object.fromEntries(new URL(url).searchParams);
  return { method: 'POST', url, headers, query, body: Buffer.from(body) };
}

/** Repeated names, which `encode` never makes but bytes may hold, count once for each value. */
export function sign(body: Buffer, url = URL_IN): RawRequest {
  const pairs = [...new URLSearchParams(body.toString('utf8'))];
  const unique = [...new Map(pairs.map(([name, value]) => [JSON.stringify([name, value]), [name, value] as const]))];
  const sorted = unique.map(([, pair]) => pair).sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
  return requestWith(body, signatureOf(url, sorted), url);
}

export const isSame = (one: Buffer, other: Buffer): boolean => {
  const read = (body: Buffer) => JSON.stringify([...new URLSearchParams(body.toString('utf8'))].sort());
  return read(one) === read(other);
};

export function parseForm(form: Form, settings = WHATSAPP, url = URL_IN): ChannelEvent[] {
  return twilioWhatsApp.parse(sign(encode(form), url), settings);
}
export function parseSms(form: Form, settings = SMS): ChannelEvent[] {
  return twilioSms.parse(sign(encode(form)), settings);
}

/** An error as Twilio answers it. */
export function twilioError(code: number, status = 400, message = 'Something is wrong', headers = {}): HttpResponse {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return json(status, { code, message, more_info, status }, headers);
}

export const created = (sid = 'SM00000000000000000000000000000020'): HttpResponse =>
  json(201, { sid, status: 'queued', direction: 'outbound-api', to: '', from: '', body: '' });

/** The parameters of a request; of a repeated one all values. */
export function formOf(request: HttpRequest | undefined): Record<string, string | string[]> {
  const form = new URLSearchParams((request?.bytes as Buffer | undefined)?.toString('utf8') ?? '');
  const values = [...new Set(form.keys())].map((name) => [name, form.getAll(name)] as const);
  return Object.fromEntries(values.map(([name, all]) => [name, all.length === 1 ? (all[0] as string) : all]));
}
