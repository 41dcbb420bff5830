/** The accounts of these tests, and requests as Sunshine would make them. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { sunshine } from '../../../service/src/channels/sunshine/index.ts';
import type { SunshineSettings } from '../../../service/src/channels/sunshine/settings.ts';
import type { RawRequest } from '../../../service/src/connectors/connector.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { json } from '../../conformance/fake-io.ts';

export const APP_ID = '5ebee0975ac5304b664a12fa';
export const INTEGRATION = '5ec69c6e12dda33be985cb1a';
export const SECRET = '8564b3e6a8b20a4bdb68b05ce9bc5936';
export const THREAD = 'f52b01137aa6c250bc7251fa';
export const ZOE = '26508c10541a4b0ff472e5e2';
export const API = `https://shop.zendesk.com/sc/v2/apps/${APP_ID}`;

export const CREDENTIAL = {
  ...{ appId: APP_ID, keyId: 'app_5f00112233445566778899aa', secret: 'Zx-test_secret-0123456789', subdomain: 'shop' },
  ...{ integrationId: INTEGRATION, webhookSecret: SECRET },
};

export function settingsWith(change: Record<string, unknown> = {}): SunshineSettings {
  return sunshine.settings.parse({ ...CREDENTIAL, ...change });
}
export const SETTINGS = settingsWith();

export function requestWith(body: Buffer | string, secret?: string): RawRequest {
  const headers: Record<string, string> = secret === undefined ? {} : { 'x-api-key': secret };
  return { method: 'POST', url: 'https://hooks.example.com/in', headers, query: {}, body: Buffer.from(body) };
}

export const sign = (body: Buffer | string): RawRequest => requestWith(body, SECRET);

export function parsed(webhook: unknown, settings = SETTINGS): ChannelEvent[] {
  return sunshine.parse(sign(JSON.stringify(webhook)), settings);
}

/** An error as Sunshine answers it. */
export function refusal(status: number, code: string, title = 'Something is wrong', headers = {}): HttpResponse {
  return json(status, { errors: [{ code, title }] }, headers);
}

export function taken(...ids: string[]): HttpResponse {
  const all = ids.length === 0 ? ['5f74c7d84a146f3abd72af20'] : ids;
  const messages = all.map((id) => ({ id, received: '2026-02-03T18:00:57.000Z', author: { type: 'business' } }));
  return json(201, { messages });
}
