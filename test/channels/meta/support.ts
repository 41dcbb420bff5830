/** What the tests of Messenger and Instagram share: requests as Meta would make them. */
import { createHmac } from 'node:crypto';
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import type { RawRequest } from '../../../service/src/connectors/connector.ts';

export const SECRET = '0123456789abcdef0123456789abcdef';
export const APP_ID = '654839201847362';
/** Another business' bot, say. */
export const OTHER_APP_ID = '1517776481860111';
export const PAGE_INBOX = '263902037430900';
export const INSTAGRAM_INBOX = '1217981644879628';
export const PERSON_ID = '5678';
/** When the elements of the fixtures happened. */
export const AT = 1_458_692_752_478;

export function signatureOf(body: Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', Buffer.from(secret, 'utf8')).update(body).digest('hex')}`;
}

export function requestWith(body: Buffer, signature?: string): RawRequest {
  const headers: Record<string, string> = signature === undefined ? {} : { 'x-hub-signature-256': signature };
  return { method: 'POST', url: 'https://parley.example.com/webhooks/meta/e1', headers, query: {}, body };
}

export function sign(body: Buffer): RawRequest {
  return requestWith(body, signatureOf(body));
}

/** One element of `messaging[]` and what it stands for; what every event has of its surroundings is left out. */
export interface InboundCase {
  name: string;
  raw: Record<string, unknown>;
  /** Default: one event of a message that opens the session. */
  events: readonly (Partial<ChannelEvent> & { dedupeKey: unknown })[];
}

/** A message with its content. */
export function said(id: string, content: unknown, more: Record<string, unknown> = {}): InboundCase['events'] {
  const event = { type: 'message.received', dedupeKey: `message:${id}`, providerMessageId: id, content };
  return [{ ...event, opensWindow: 'message', ...more } as unknown as InboundCase['events'][number]];
}

/** An event of any type. */
export function fact(type: ChannelEvent['type'], dedupeKey: unknown, more: Record<string, unknown> = {}) {
  return [{ type, dedupeKey, ...more } as unknown as InboundCase['events'][number]];
}

/** A key of a fact that Meta gives no id. */
export const keyLike = (pattern: string): unknown => expect.stringMatching(new RegExp(`^${pattern}$`));
export const HASH = '[0-9a-f]{32}';
