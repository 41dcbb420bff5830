/** The Instagram account of these tests. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import type { InstagramSettings } from '../../../service/src/channels/instagram/settings.ts';
import { APP_ID, AT, PERSON_ID, requestWith, SECRET } from '../meta/support.ts';

export const IG_ID = '17841400000000000';
export const PAGE_ID = '1234567890';
export const IGSID = { kind: 'igsid', address: PERSON_ID };

export const CREDENTIAL = {
  loginType: 'facebook',
  igUserId: IG_ID,
  pageId: PAGE_ID,
  accessToken: 'EAAtestinstagramtoken123',
  appSecret: SECRET,
  appId: APP_ID,
  verifyToken: 'a-token-of-our-choice',
};

export function settingsWith(change: Partial<Record<keyof InstagramSettings, unknown>> = {}): InstagramSettings {
  return instagram.settings.parse({ ...CREDENTIAL, ...change });
}
export const SETTINGS = settingsWith();

/** An element of `messaging[]` of the person's. */
export function item(raw: Record<string, unknown>): Record<string, unknown> {
  return { sender: { id: PERSON_ID }, recipient: { id: IG_ID }, timestamp: AT, ...raw };
}

/** An element of the account's own. */
export function echo(message: Record<string, unknown>): Record<string, unknown> {
  return { sender: { id: IG_ID }, recipient: { id: PERSON_ID }, timestamp: AT, message: { is_echo: true, ...message } };
}

export function bodyOf(...messaging: unknown[]): Record<string, unknown> {
  return { object: 'instagram', entry: [{ id: IG_ID, time: AT + 5, messaging }] };
}

export function entryOf(members: Record<string, unknown>): Record<string, unknown> {
  return { object: 'instagram', entry: [{ id: IG_ID, time: AT + 5, ...members }] };
}

export function parseBody(body: unknown, settings = SETTINGS): ChannelEvent[] {
  return instagram.parse(requestWith(Buffer.from(JSON.stringify(body))), settings);
}

export function parseItem(raw: Record<string, unknown>, settings = SETTINGS): ChannelEvent[] {
  return parseBody(bodyOf(raw), settings);
}
