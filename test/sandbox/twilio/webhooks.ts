import { createHash, createHmac } from 'node:crypto';
import { postedBy, posterFor, type Retry } from '../kit/webhooks.ts';
import type { Webhooks, World } from './world.ts';

/** The value of X-Twilio-Signature for a form posted to `url`: written apart from the code that checks it. */
export function signatureOf(authToken: string, url: string, form: Iterable<[string, string]>): string {
  const pairs = [...form].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const text = pairs.reduce((rest, [name, value]) => `${rest}${name}${value}`, url.replace(/#.*$/s, ''));
  return createHmac('sha1', authToken).update(Buffer.from(text, 'utf8')).digest('base64');
}

/** For bodies that are no form: the digest of the body stands in the URL, and the URL alone is signed. */
export function signedJson(authToken: string, url: string, body: Buffer): { url: string; signature: string } {
  const digest = createHash('sha256').update(body).digest('hex');
  const full = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${digest}`;
  return { url: full, signature: signatureOf(authToken, full, []) };
}

/** By itself Twilio repeats only what could not connect; an answer that is an error, where the URL asks for it (page "Webhook connection overrides"). */
function isFinal(_status: number, url: string): boolean {
  const asked = new URLSearchParams(new URL(url).hash.slice(1));
  return asked.get('rp') !== 'all' || !(Number(asked.get('rc')) > 0);
}

export function createWebhooks(world: Omit<World, 'webhooks'>, retry: Retry): Webhooks {
  const poster = posterFor(world, { ...retry, isFinal }, (body, url) => ({
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': signatureOf(world.settings.authToken, url, new URLSearchParams(body.toString('utf8'))),
    'user-agent': 'TwilioProxy/1.1',
  }));
  return {
    post: (url, form) => poster.post(url, Buffer.from(new URLSearchParams(form).toString())),
    ...postedBy(poster),
  };
}
