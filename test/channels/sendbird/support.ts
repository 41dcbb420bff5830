/** The accounts of these tests, and requests as Sendbird would make them. */
import { createHmac } from 'node:crypto';
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import type { SendbirdSettings } from '../../../service/src/channels/sendbird/settings.ts';
import type { RawRequest } from '../../../service/src/connectors/connector.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { json } from '../../conformance/fake-io.ts';

export const APP_ID = 'AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE';
export const TOKEN = '0f1e2d3c4b5a69788796a5b4c3d2e1f000112233';
export const BOT = 'biz-bot';
export const THREAD = 'support_42';
export const API = `https://api-${APP_ID.toLowerCase()}.sendbird.com/v3`;

export const CREDENTIAL = {
  ...{ applicationId: APP_ID, apiToken: 'a-secondary-token-of-the-app', webhookToken: TOKEN, senderId: BOT },
  staffIds: ['agent-7'],
};

export function settingsWith(change: Record<string, unknown> = {}): SendbirdSettings {
  return sendbird.settings.parse({ ...CREDENTIAL, ...change });
}
export const SETTINGS = settingsWith();
export const DRAWING = settingsWith({ drawsContent: true });

export function requestWith(body: Buffer | string, signature?: string): RawRequest {
  const headers: Record<string, string> = signature === undefined ? {} : { 'x-sendbird-signature': signature };
  return { method: 'POST', url: 'https://hooks.example.com/in', headers, query: {}, body: Buffer.from(body) };
}

/** Written apart from the code under test. */
export function sign(body: Buffer | string, token = TOKEN): RawRequest {
  return requestWith(body, createHmac('sha256', Buffer.from(token)).update(body).digest('hex'));
}

export function parsed(webhook: unknown, settings = SETTINGS): ChannelEvent[] {
  return sendbird.parse(sign(Buffer.from(JSON.stringify(webhook))), settings);
}

/** An error as Sendbird answers it. */
export function refusal(code: number, status = 400, message = 'Something is wrong', headers = {}): HttpResponse {
  return json(status, { error: true, code, message }, headers);
}

/** The answer to a message of a user. */
export function taken(id: unknown = 238303399, createdAt = 1_760_000_020_000): HttpResponse {
  const user = { user_id: BOT, nickname: 'Assistant' };
  return json(200, { message_id: id, type: 'MESG', channel_url: THREAD, user, created_at: createdAt });
}
