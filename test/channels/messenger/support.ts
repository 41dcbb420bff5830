/** The Page of these tests. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import type { MessengerSettings } from '../../../service/src/channels/messenger/settings.ts';
import { APP_ID, AT, PERSON_ID, requestWith, SECRET } from '../meta/support.ts';

export const PAGE_ID = '1234567890';
export const GRAPH = 'https://graph.facebook.com/v25.0';
export const PSID = { kind: 'psid', address: PERSON_ID };

export const CREDENTIAL = {
  pageId: PAGE_ID,
  pageAccessToken: 'EAAtestpagetoken123',
  appSecret: SECRET,
  appId: APP_ID,
  verifyToken: 'a-token-of-our-choice',
};

export function settingsWith(change: Partial<Record<keyof MessengerSettings, unknown>> = {}): MessengerSettings {
  return messenger.settings.parse({ ...CREDENTIAL, ...change });
}
export const SETTINGS = settingsWith();

/** An element of `messaging[]` of the person's. */
export function item(raw: Record<string, unknown>): Record<string, unknown> {
  return { sender: { id: PERSON_ID }, recipient: { id: PAGE_ID }, timestamp: AT, ...raw };
}

/** An element of the Page's own. */
export function echo(message: Record<string, unknown>): Record<string, unknown> {
  return {
    sender: { id: PAGE_ID },
    recipient: { id: PERSON_ID },
    timestamp: AT,
    message: { is_echo: true, ...message },
  };
}

export function bodyOf(...messaging: unknown[]): Record<string, unknown> {
  return { object: 'page', entry: [{ id: PAGE_ID, time: AT + 5, messaging }] };
}

export function entryOf(members: Record<string, unknown>): Record<string, unknown> {
  return { object: 'page', entry: [{ id: PAGE_ID, time: AT + 5, ...members }] };
}

export function parseBody(body: unknown, settings = SETTINGS): ChannelEvent[] {
  return messenger.parse(requestWith(Buffer.from(JSON.stringify(body))), settings);
}

export function parseItem(raw: Record<string, unknown>, settings = SETTINGS): ChannelEvent[] {
  return parseBody(bodyOf(raw), settings);
}
