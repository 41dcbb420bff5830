/** Signed webhooks that the sandbox would not send: as large as wanted, and to any process. */
import { SANDBOX_DEFAULTS } from '../sandbox/whatsapp/defaults.ts';
import { encodeAsMeta, signatureOf } from '../sandbox/kit/meta/hub-webhooks.ts';

export interface Webhook {
  /** The provider's id of the message in it. */
  id: string;
  body: Buffer;
  headers: Record<string, string>;
}

export interface WebhookOptions {
  from?: string;
  id?: string;
  text?: string;
  /** Seconds since the epoch, as the provider writes it. */
  timestamp?: string;
  phoneNumberId?: string;
  appSecret?: string;
  /** More members of the envelope. */
  envelope?: Record<string, unknown>;
}

let made = 0;

/** One text of one person. */
export function webhookOf(options: WebhookOptions = {}): Webhook {
  const {
    from = '15550001111',
    id = `wamid.${process.pid}.${++made}`,
    text = 'hi',
    timestamp = '1767268800',
  } = options;
  const { phoneNumberId = SANDBOX_DEFAULTS.phoneNumberId, appSecret = SANDBOX_DEFAULTS.appSecret } = options;
  const metadata = { display_phone_number: SANDBOX_DEFAULTS.displayPhoneNumber, phone_number_id: phoneNumberId };
  const messages = [{ from, id, timestamp, type: 'text', text: { body: text } }];
  const value = { messaging_product: 'whatsapp', metadata, messages };
  const entry = [{ id: SANDBOX_DEFAULTS.wabaId, changes: [{ field: 'messages', value }] }];
  const body = encodeAsMeta({ object: 'whatsapp_business_account', entry, ...options.envelope });
  const signature = signatureOf(appSecret, body);
  return { id, body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature } };
}

/** Posts it; answers the status, and nothing when the connection broke. */
export async function postWebhook(url: string, { body, headers }: Webhook): Promise<Response | undefined> {
  const request = { method: 'POST', headers, body: new Uint8Array(body) };
  return fetch(url, request).then(
    async (response) => (await response.arrayBuffer(), response),
    () => undefined,
  );
}
