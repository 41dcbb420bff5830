import { createHmac } from 'node:crypto';
import { postedBy, posterFor, type Retry } from '../kit/webhooks.ts';
import { envelope } from '../whatsapp/webhooks.ts';
import type { WebhookChange, Webhooks, World } from '../whatsapp/world.ts';
import type { Dialog360State } from './defaults.ts';

/** The value of `x-360dialog-signature` for exactly these bytes. */
export function signatureOf(platformSecret: string, body: Buffer): string {
  return createHmac('sha256', platformSecret).update(body).digest('hex');
}

/** Meta's webhooks, passed on to the number's URL in JSON of its own writing, with the headers that were agreed. */
export function createProxyWebhooks(world: Omit<World, 'webhooks'>, retry: Retry, state: Dialog360State): Webhooks {
  const poster = posterFor(world, retry, (body) => ({
    ...state.webhook?.headers,
    ...(state.platformSecret === undefined ? {} : { 'x-360dialog-signature': signatureOf(state.platformSecret, body) }),
  }));
  const emitTogether = (changes: WebhookChange[]) =>
    state.webhook && poster.post(state.webhook.url, Buffer.from(JSON.stringify(envelope(world, changes))));
  return {
    emit: (change) => emitTogether([change]),
    emitTogether,
    emitRaw: (body, url = state.webhook?.url) => {
      if (url === undefined) throw new Error('No webhook is set');
      return poster.post(url, Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));
    },
    ...postedBy(poster),
  };
}
