/** Messages as Meta writes them, of people whom the sandbox would not name so: by number only, by user id only, or by both. */
import { SANDBOX_DEFAULTS } from '../sandbox/whatsapp/defaults.ts';
import type { App } from './app.ts';

export interface MetaSender {
  from?: string;
  from_user_id?: string;
}

const METADATA = {
  display_phone_number: SANDBOX_DEFAULTS.displayPhoneNumber,
  phone_number_id: SANDBOX_DEFAULTS.phoneNumberId,
};

let made = 0;

/** Posts one element of `messages[]`; `at` (milliseconds): its time, default now. Resolves when everything due is done. */
export async function posts(app: App, sender: MetaSender, content: object, at = app.clock.now()): Promise<string> {
  const id = `wamid.posted.${++made}`;
  const message = { ...sender, id, timestamp: String(Math.floor(at / 1000)), ...content };
  await postsChange(app, 'messages', { messaging_product: 'whatsapp', messages: [message] });
  return id;
}

/** A text. */
export const says = (app: App, sender: MetaSender, body: string, at?: number): Promise<string> =>
  posts(app, sender, { type: 'text', text: { body } }, at);

/** One change of a field; the metadata is filled in. */
export async function postsChange(app: App, field: string, value: object): Promise<void> {
  await app.sandbox.webhooks.emit({ field, value: { metadata: METADATA, ...value } })?.done;
  await app.idle();
}

/** Whom the service wrote to (digits, or a user id) and what, in order, whatever the provider made of it. */
export function written(app: App): { to: string; text: string | undefined }[] {
  return app.sandbox
    .requests()
    .filter(({ path, fields }) => path.endsWith('/messages') && fields['type'] === 'text')
    .map(({ fields }) => ({
      to: String(fields['to'] ?? fields['recipient']).replace('+', ''),
      text: (fields['text'] as { body?: string }).body,
    }));
}
