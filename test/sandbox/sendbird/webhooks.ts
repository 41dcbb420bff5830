import { createHmac } from 'node:crypto';
import { postedBy, posterFor, type Retry } from '../kit/webhooks.ts';
import type { Webhooks, World } from './world.ts';

/** The value of `x-sendbird-signature` for these bytes: written apart from the code that checks it. */
export function signatureOf(token: string, body: Buffer): string {
  return createHmac('sha256', Buffer.from(token, 'utf8')).update(body).digest('hex');
}

/** Sendbird takes 200 as an answer, and nothing else. */
export function createWebhooks(world: Omit<World, 'webhooks'>, retry: Retry, url: string): Webhooks {
  const poster = posterFor(world, { ...retry, isTaken: (status) => status === 200 }, (body) => ({
    'content-type': 'application/json',
    'user-agent': 'SendBird',
    'x-sendbird-signature': signatureOf(world.settings.apiToken, body),
  }));
  const webhooks: Webhooks = {
    ...postedBy(poster),
    url,
    post: (event) => (webhooks.url === '' ? undefined : poster.post(webhooks.url, Buffer.from(JSON.stringify(event)))),
  };
  return webhooks;
}
