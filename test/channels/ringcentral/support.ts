/** The accounts of these tests, and requests as RingCentral would make them. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { ringcentral } from '../../../service/src/channels/ringcentral/index.ts';
import type { RingCentralSettings } from '../../../service/src/channels/ringcentral/settings.ts';
import type { RawRequest } from '../../../service/src/connectors/connector.ts';
import type { HttpResponse } from '../../../service/src/core/http.ts';
import { json } from '../../conformance/fake-io.ts';

export const SOURCE = '4f97fbea7aa58d073900344f';
export const AGENT = '4f4f3a08a90ffb27ee000583';
export const ANA = '536cbd9e7aa58d58f3000050';
export const THREAD = '541014e17aa58d8ccf000024';
export const SECRET = 's3cr3t-ASCII';
export const API = 'https://shop.api.digital.ringcentral.com/1.0';

export const CREDENTIAL = {
  ...{ domain: 'shop', accessToken: 'a-token-of-an-agent', sourceId: SOURCE, webhookSecret: SECRET },
  ...{ verifyToken: 'vt-1-of-ours', agentId: AGENT, ownIds: ['536cbd9e7aa58d58f3000099'] },
};

export function settingsWith(change: Record<string, unknown> = {}): RingCentralSettings {
  return ringcentral.settings.parse({ ...CREDENTIAL, ...change });
}
export const SETTINGS = settingsWith();

export function requestWith(body: Buffer | string, secret?: string, query: Record<string, string> = {}): RawRequest {
  const headers: Record<string, string> = secret === undefined ? {} : { 'x-dimelo-secret': secret };
  return { method: 'POST', url: 'https://hooks.example.com/in', headers, query, body: Buffer.from(body) };
}

export const sign = (body: Buffer | string): RawRequest => requestWith(body, SECRET);

export function parsed(webhook: unknown, settings = SETTINGS): ChannelEvent[] {
  return ringcentral.parse(sign(JSON.stringify(webhook)), settings);
}

/** An error as RingCentral answers it. */
export function refusal(status: number, error: string, message = 'Something is wrong', headers = {}): HttpResponse {
  return json(status, { error, message, status }, headers);
}

export const taken = (id = '50df05692c64ac7799f09a99'): HttpResponse =>
  json(200, { id, created_at: '2026-06-25T22:00:45.000Z', synchronization_status: 'pending' });
