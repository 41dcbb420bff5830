/** Several accounts below one application of a provider, on any database: `env` gives the settings of a new service. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Account, Page } from '../../../contract/api.ts';
import type { DeadLetter } from '../../../contract/dead-letter.ts';
import { encodeAsMeta, signatureOf } from '../../sandbox/kit/meta/hub-webhooks.ts';
import { closeApps, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

type Env = () => Promise<Record<string, string>>;

const SECRET = 'the-secret-of-the-application';
const NEW_SECRET = 'another-secret-of-the-application';
const [PAGE, OTHER, STRANGER] = ['1001', '1002', '1003'] as const;
/** Whoever moved away from a connection hears nothing of it any more after so long, milliseconds. */
const ANY_PROCESS_KNOWS_MS = 61_000;
const PERSON = '24681012141618';

let app: App;
let count = 0;

async function register(pageId: string, appSecret: string | string[] = SECRET, appId?: string): Promise<Account> {
  const settings = { pageId, pageAccessToken: `token of ${pageId}`, appSecret, appId, baseUrl: app.sandbox.url };
  return (await app.call('PUT', `/v1/accounts/messenger/${pageId}`, { settings })).body as Account;
}

/** A webhook in which somebody says something to each of these Pages. */
function saying(text: string, ...pageIds: string[]): Buffer {
  const entry = pageIds.map((id) => ({
    id,
    time: app.clock.now(),
    messaging: [
      {
        sender: { id: PERSON },
        recipient: { id },
        timestamp: app.clock.now(),
        message: { mid: `m_${++count}`, text },
      },
    ],
  }));
  return encodeAsMeta({ object: 'page', entry });
}

async function post({ webhookUrl }: Account, body: Buffer, secret = SECRET): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(secret, body) };
  const url = new URL(new URL(webhookUrl).pathname, app.url);
  return (await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })).status;
}

/** Posts a webhook whose last byte waits for `finish`; resolves when the service has begun to read it. */
async function slowly({ webhookUrl }: Account, body: Buffer, secret: string): Promise<{ finish(): Promise<number> }> {
  const signature = { 'x-hub-signature-256': signatureOf(secret, body), 'content-length': body.length };
  const headers = { 'content-type': 'application/json', expect: '100-continue', ...signature };
  const call = request(new URL(new URL(webhookUrl).pathname, app.url), { method: 'POST', headers });
  call.flushHeaders();
  await once(call, 'continue');
  call.write(body.subarray(0, -1));
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  return {
    async finish() {
      call.end(body.subarray(-1));
      const [response] = await answered;
      response.resume();
      return response.statusCode ?? 0;
    },
  };
}

const heardBy = (externalId: string) => app.listen({ account: { channel: 'messenger', externalId } });
const deadLetters = async (query = '') =>
  ((await app.call('GET', `/v1/dead-letters${query}`)).body as Page<DeadLetter>).data;
const deadLetter = () =>
  eventually(async () => {
    const [letter] = await deadLetters();
    if (letter === undefined) throw new Error('There is none');
    return letter;
  }, 'a dead letter');
const textOf = (event: { message?: { content: object } } | undefined) =>
  (event?.message?.content as { text?: string } | undefined)?.text;

export function describeConnections(name: string, env: Env): void {
  describe(`accounts of one application: ${name}`, () => {
    beforeEach(async () => {
      app = await startApp({ registered: false, env: await env() });
    });
    afterEach(closeApps);

    test('share its webhook URL, each hears what is for it, and it outlives each of them', async () => {
      const first = await register(PAGE);
      const last = await register(OTHER);
      expect(last.webhookUrl).toBe(first.webhookUrl);
      const [one, two] = [await heardBy(PAGE), await heardBy(OTHER)];
      expect(await post(first, saying('to both', PAGE, OTHER))).toBe(200);
      expect(textOf((await one.took(1))[0])).toBe('to both');
      expect(textOf((await two.took(1))[0])).toBe('to both');
      await app.call('DELETE', `/v1/accounts/${last.id}`);
      expect(await post(last, saying('still there', PAGE))).toBe(200);
      expect((await one.took(2)).map(textOf)).toEqual(['to both', 'still there']);
      await app.call('DELETE', `/v1/accounts/${first.id}`);
      expect(await post(first, saying('nobody', PAGE))).toBe(404);
    });

    test('with other secrets are of another application, which proves nothing for them', async () => {
      const one = await register(PAGE);
      const other = await register(OTHER, NEW_SECRET);
      expect(other.webhookUrl).not.toBe(one.webhookUrl);
      const heard = await heardBy(OTHER);
      expect(await post(one, saying('forged', OTHER))).toBe(200);
      expect(await deadLetter()).toMatchObject({ type: 'unrouted', code: 'no_account' });
      expect(heard.taken()).toEqual([]);
      expect(await post(one, saying('forged', OTHER), 'no secret of anybody here')).toBe(401);
    });

    test('keep what was accepted with a secret that was changed before it was read', async () => {
      const account = await register(PAGE);
      await app.service.pipelines.driver.stop();
      expect(await post(account, saying('just before', PAGE))).toBe(200);
      await register(PAGE, NEW_SECRET);
      const heard = await heardBy(PAGE);
      await app.stop();
      await app.start();
      expect((await heard.took(1)).map(textOf)).toEqual(['just before']);
      expect(await post(account, saying('too late', PAGE))).toBe(401);
      expect(await post(account, saying('after', PAGE), NEW_SECRET)).toBe(200);
      expect((await heard.took(2)).map(textOf)).toEqual(['just before', 'after']);
    });

    test('go on at the URL that the provider knows while their secret is changed one after the other', async () => {
      const first = await register(PAGE);
      await register(OTHER);
      const [one, two] = [await heardBy(PAGE), await heardBy(OTHER)];
      await register(PAGE, NEW_SECRET);
      expect(await post(first, saying('changed', PAGE), NEW_SECRET)).toBe(200);
      expect(await post(first, saying('not yet', OTHER))).toBe(200);
      expect((await one.took(1)).map(textOf)).toEqual(['changed']);
      expect((await two.took(1)).map(textOf)).toEqual(['not yet']);
      expect(await post(first, saying('too early', OTHER), NEW_SECRET)).toBe(200);
      const letter = await deadLetter();
      const joined = await register(OTHER, NEW_SECRET);
      expect((await register(PAGE, NEW_SECRET)).webhookUrl).toBe(joined.webhookUrl);
      expect(await post(first, saying('both', PAGE, OTHER), NEW_SECRET)).toBe(200);
      expect((await one.took(2)).map(textOf)).toEqual(['changed', 'both']);
      expect((await two.took(2)).map(textOf)).toEqual(['not yet', 'both']);
      expect((await app.call('POST', `/v1/dead-letters/${letter.id}/replay`)).status).toBe(200);
      expect((await two.took(3)).map(textOf)).toEqual(['not yet', 'both', 'too early']);
    });

    test('hear what was accepted before one of them got another secret', async () => {
      const account = await register(PAGE);
      await register(OTHER);
      await app.service.pipelines.driver.stop();
      expect(await post(account, saying('just before', PAGE, OTHER))).toBe(200);
      await register(PAGE, NEW_SECRET);
      const [one, two] = [await heardBy(PAGE), await heardBy(OTHER)];
      await app.stop();
      await app.start();
      expect((await one.took(1)).map(textOf)).toEqual(['just before']);
      expect((await two.took(1)).map(textOf)).toEqual(['just before']);
      app.clock.advance(ANY_PROCESS_KNOWS_MS);
      expect(await post(account, saying('forged', PAGE))).toBe(200);
      expect(await deadLetter()).toMatchObject({ type: 'unrouted', code: 'no_account' });
      expect(one.taken()).toHaveLength(1);
    });

    test.each<[string, () => Promise<unknown>]>([
      ['the last of them forgets the old one', () => register(PAGE, NEW_SECRET)],
      [
        'who knew both is deleted',
        async () => app.call('DELETE', `/v1/accounts/${(await register(PAGE, [SECRET, NEW_SECRET])).id}`),
      ],
    ])('part when nothing holds them together: %s', async (_, change) => {
      await register(STRANGER);
      const account = await register(PAGE, [SECRET, NEW_SECRET]);
      await register(OTHER, [NEW_SECRET, SECRET]);
      await register(OTHER, NEW_SECRET);
      const heard = await heardBy(OTHER);
      await change();
      app.clock.advance(ANY_PROCESS_KNOWS_MS);
      expect(await post(account, saying('forged', OTHER), SECRET)).toBe(200);
      expect(await deadLetter()).toMatchObject({ type: 'unrouted', code: 'no_account' });
      expect(heard.taken()).toEqual([]);
      expect(await post(account, saying('real', OTHER), NEW_SECRET)).toBe(200);
      expect((await heard.took(1)).map(textOf)).toEqual(['real']);
    });

    test('go on at the URL that the provider knows when the last that had the old secret is deleted', async () => {
      const first = await register(PAGE);
      await register(OTHER);
      await register(PAGE, NEW_SECRET);
      const heard = await heardBy(PAGE);
      await app.call('DELETE', `/v1/accounts/${(await register(OTHER)).id}`);
      for (const restart of [async () => undefined, async () => (await app.stop(), app.start())]) {
        await restart();
        expect(await post(first, saying('still here', PAGE), NEW_SECRET)).toBe(200);
        expect(await post(first, saying('forged', PAGE), SECRET)).toBe(401);
      }
      expect((await heard.took(2)).map(textOf)).toEqual(['still here', 'still here']);
    });

    test('lose nothing of a webhook whose body comes while two connections become one', async () => {
      await register(PAGE);
      const other = await register(OTHER, NEW_SECRET);
      const heard = await heardBy(OTHER);
      const body = saying('slow', OTHER);
      const sent = await slowly(other, body, NEW_SECRET);
      await register(OTHER, [SECRET, NEW_SECRET]);
      expect(await sent.finish()).toBe(200);
      expect((await heard.took(1)).map(textOf)).toEqual(['slow']);
    });

    test('stay together while some know two secrets and others one', async () => {
      const first = await register(PAGE);
      await register(OTHER);
      expect((await register(PAGE, [NEW_SECRET, SECRET])).webhookUrl).toBe(first.webhookUrl);
      expect((await register(OTHER, NEW_SECRET)).webhookUrl).toBe(first.webhookUrl);
      const heard = await heardBy(OTHER);
      for (const secret of [SECRET, NEW_SECRET]) expect(await post(first, saying('hi', OTHER), secret)).toBe(200);
      await heard.took(2);
    });

    test.each([
      ['is there already', true],
      ['comes later', false],
    ])(
      'hear nothing that another application proved before an account moved to theirs: theirs %s',
      async (_name, isThere) => {
        const first = await register(PAGE, SECRET, '11');
        if (isThere) await register(OTHER, NEW_SECRET, '22');
        expect(await post(first, saying('forged', OTHER), SECRET)).toBe(200);
        const letter = await deadLetter();
        await register(PAGE, NEW_SECRET, '22');
        const other = await register(OTHER, NEW_SECRET, '22');
        const replay = () => app.call('POST', `/v1/dead-letters/${letter.id}/replay`);
        expect(await replay()).toMatchObject({ status: 409, body: { code: 'account_required' } });
        const [one, two] = [await heardBy(PAGE), await heardBy(OTHER)];
        for (const url of [first, other]) {
          expect(await post(url, saying('hi', PAGE, OTHER), NEW_SECRET)).toBe(200);
          expect(await post(url, saying('forged', PAGE, OTHER), SECRET)).toBe(401);
        }
        expect((await one.took(2)).map(textOf)).toEqual(['hi', 'hi']);
        expect((await two.took(2)).map(textOf)).toEqual(['hi', 'hi']);
      },
    );

    test('keep, count and show what is for an account that nobody registered, until it is there', async () => {
      const account = await register(PAGE);
      const known = await heardBy(PAGE);
      expect(await post(account, saying('hello', STRANGER, PAGE))).toBe(200);
      await known.took(1);
      const letter = await deadLetter();
      expect(await deadLetters()).toEqual([letter]);
      expect(letter).toMatchObject({
        ...{ type: 'unrouted', code: 'no_account', account: { channel: 'messenger', externalId: PAGE } },
        detail: expect.stringContaining(STRANGER),
        webhook: { addresses: [STRANGER] },
      });
      expect(await deadLetters(`?address=${STRANGER}`)).toEqual([letter]);
      for (const others of [`?address=${PAGE}`, `?address=${STRANGER.slice(1)}`, `?address=${STRANGER}&type=webhook`])
        expect(await deadLetters(others)).toEqual([]);
      const metrics = await (await fetch(`${app.url}/metrics`)).text();
      expect(metrics).toContain('parley_dead_letters{type="unrouted"} 1');
      const replay = () => app.call('POST', `/v1/dead-letters/${letter.id}/replay`);
      expect(await replay()).toMatchObject({ status: 409, body: { code: 'account_required' } });
      await register(STRANGER);
      const heard = await heardBy(STRANGER);
      expect((await replay()).status).toBe(200);
      expect((await heard.took(1)).map(textOf)).toEqual(['hello']);
      expect(known.taken()).toHaveLength(1);
      expect(await deadLetters()).toEqual([]);
    });
  });
}
