/** Dead letters from end to end, on any database: `describeDeadLetters('sqlite', env)`, `env` gives the settings of a new service. */
import { jest } from '@jest/globals';
import type { MessageView, Page } from '../../../contract/api.ts';
import type { DeadLetter, DeadLetterDetails, ReplayAnswer } from '../../../contract/dead-letter.ts';
import { ACCOUNT, ANA, closeApps, DAY, HOUR, MINUTE, type App, type AppOptions, startApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

type Env = () => Promise<Record<string, string>>;

/** Longer than any pause between two tries of the tests, far shorter than the session. */
const STEP_MS = 40_000;

let app: App;

const list = async (query = '') => (await app.call('GET', `/v1/dead-letters${query}`)).body as Page<DeadLetter>;
const ids = async (query = '') => (await list(query)).data.map(({ id }) => id);
const get = (id: string) => app.call('GET', `/v1/dead-letters/${id}`);
const replay = async (body: object) => (await app.call('POST', '/v1/dead-letters/replay', body)).body as ReplayAnswer;
const replayOne = (id: string, body?: object) => app.call('POST', `/v1/dead-letters/${id}/replay`, body);
const texts = () =>
  app.sandbox.listReceivedMessages().map(({ body }) => (body['text'] as { body: string } | undefined)?.body);

/** Ana writes: a session is open. */
async function anaWrites(text = 'hi'): Promise<void> {
  const workflow = await app.listen();
  await app.sandbox.customer.sends({ from: ANA, text });
  await workflow.took(1);
}

/** Time goes by until it is so. */
async function inTime(probe: () => Promise<boolean>, what: string, stepMs = STEP_MS): Promise<void> {
  await eventually(async () => {
    if (await probe()) return true;
    app.advance(stepMs);
    return false;
  }, what);
}

/** The message as soon as it has this status; the account's pace has its slots by the database's clock and by ours. */
async function reaches(id: string, status: string): Promise<MessageView> {
  await inTime(async () => (await app.message(id)).status === status, `message ${id} to be ${status}`, 100);
  return app.message(id);
}

/** Passes, and concerns one message alone. */
const SYNCING = 134101;

/** A message of which the provider said twice that it did not take it, for reasons of its own. */
async function fails(text: string, options: Parameters<App['sent']>[1] = {}): Promise<string> {
  app.sandbox.faults.next({ kind: 'maintenance', code: SYNCING, times: 2 });
  const id = await app.sent(text, options);
  await inTime(async () => (await app.message(id)).status === 'failed', 'the message to fail');
  return id;
}

/** A message of which nobody tells whether it arrived. */
async function getsLost(text: string): Promise<string> {
  app.sandbox.faults.next({ kind: 'answer_dropped' });
  const id = await app.sent(text);
  await reaches(id, 'uncertain');
  await inTime(async () => (await app.message(id)).status === 'unknown', 'the message to be unknown', 20 * MINUTE);
  return id;
}

/** While it holds, no webhook of the channel can be read. Answers how to end that. */
function unreadable(): () => void {
  const { channel } = app.service.pipelines.accounts.list()[0] ?? {};
  if (channel === undefined) throw new Error('There is no account');
  const spy = jest.spyOn(channel, 'parse').mockImplementation(() => {
    throw new TypeError('Cannot read what is not there');
  });
  return () => spy.mockRestore();
}

/** A webhook that was given up, and how to make such webhooks readable again. */
async function anaIsNotUnderstood(text = 'what?'): Promise<{ id: string; mend: () => void }> {
  const mend = unreadable();
  await app.sandbox.customer.sends({ from: ANA, text });
  await inTime(async () => (await ids('?type=webhook')).length === 1, 'the webhook to be given up');
  return { id: (await ids('?type=webhook'))[0] ?? '', mend };
}

export function describeDeadLetters(name: string, env: Env): void {
  describe(`dead letters: ${name}`, () => {
    const start = async (options: AppOptions = {}) => {
      app = await startApp({ env: await env(), ...options });
      await anaWrites();
    };
    afterEach(async () => {
      jest.restoreAllMocks();
      await closeApps();
    });

    test('are listed, replayed and discarded by their former paths as before', async () => {
      await start();
      const [first, second] = [await fails('1'), await fails('2')];
      const listed = await app.call('GET', '/v1/deliveries');
      expect(listed).toMatchObject({ status: 200, body: { data: [{ id: second }, { id: first }] } });
      expect(await app.call('GET', `/v1/deliveries/${first}`)).toMatchObject({ status: 200, body: { id: first } });
      const { body } = await app.call('POST', '/v1/deliveries/replay', { ids: [first] });
      expect(body).toMatchObject({ replayed: 1, letters: [{ id: first, status: 'queued' }] });
      expect(await app.call('POST', `/v1/deliveries/${first}/replay`)).toMatchObject({ body: { duplicate: true } });
      expect(await app.call('POST', `/v1/deliveries/${second}/discard`)).toMatchObject({ body: { discarded: true } });
      const none = await app.call('POST', '/v1/deliveries/discard', { filter: {} });
      expect(none).toMatchObject({ status: 200, body: { discarded: 0 } });
    });

    describe('a message', () => {
      test('that failed is listed with why, shown with its attempts, and replayed as a new one, once', async () => {
        await start();
        const id = await fails('hello', { metadata: { order: 7 } });
        const [deadLetter] = (await list()).data;
        expect(deadLetter).toMatchObject({ id, type: 'message', account: ACCOUNT, code: 'unavailable' });
        expect(deadLetter).toMatchObject({
          providerCode: String(SYNCING),
          message: { status: 'failed', metadata: { order: 7 } },
        });
        const shown = (await get(id)).body as DeadLetterDetails;
        expect(shown.attempts).toMatchObject([{ outcome: 'unavailable' }, { outcome: 'unavailable' }]);
        const { status, body } = await replayOne(id);
        expect(status).toBe(200);
        const { messageId } = body as { messageId: string };
        expect(body).toEqual({ id, messageId, status: 'queued' });
        expect(await reaches(messageId, 'read')).toMatchObject({ replayOf: id, metadata: { order: 7 } });
        expect(await app.message(id)).toMatchObject({ status: 'failed', replayedAs: messageId });
        expect((await replayOne(id)).body).toEqual({ id, messageId, status: 'read', duplicate: true });
        expect(await list()).toEqual({ data: [] });
        expect((await get(id)).status).toBe(404);
        expect(texts()).toEqual(['hello']);
      });

      test('that version 0.1.0 gave up after failures of the provider may have arrived', async () => {
        await start();
        const id = await fails('hello');
        const error = JSON.stringify({ code: 'unreachable', message: 'Temporary', providerCode: '2' });
        await app.service.ledger.write(async ({ db }) => {
          await db.updateTable('attempts').set({ outcome: 'unreachable', error }).where('messageId', '=', id).execute();
        });
        expect(await replay({ filter: {} })).toMatchObject({
          replayed: 0,
          skipped: [{ id, code: 'may_have_arrived' }],
        });
        expect(await replay({ ids: [id] })).toMatchObject({ replayed: 0, skipped: [{ id, code: 'may_have_arrived' }] });
        expect((await replayOne(id)).body).toMatchObject({ code: 'may_have_arrived' });
        expect(await replay({ filter: {}, evenIfUnknown: true })).toMatchObject({ replayed: 1, skipped: [] });
      });

      test('is replayed once, though many ask at the same time', async () => {
        await start();
        const id = await fails('hello');
        const answers = await Promise.all(Array.from({ length: 8 }, () => replayOne(id)));
        const made = new Set(answers.map(({ body }) => (body as { messageId: string }).messageId));
        expect(made.size).toBe(1);
        await reaches([...made][0] ?? '', 'read');
        expect(texts()).toEqual(['hello']);
      });

      test('that may have arrived is replayed only when that is asked for', async () => {
        await start({ sandbox: { autoStatuses: [] } });
        const id = await getsLost('hello');
        expect((await list('?status=unknown')).data).toMatchObject([{ id, message: { status: 'unknown' } }]);
        expect(await replayOne(id)).toMatchObject({ status: 409, body: { code: 'may_have_arrived' } });
        expect(await replay({ ids: [id] })).toMatchObject({ replayed: 0, skipped: [{ id, code: 'may_have_arrived' }] });
        expect(texts()).toEqual(['hello']);
        const { body } = await replayOne(id, { evenIfUnknown: true });
        await reaches((body as { messageId: string }).messageId, 'sent');
        expect(texts()).toEqual(['hello', 'hello']);
      });

      test('that turns out to have arrived is none any more', async () => {
        await start({ sandbox: { autoStatuses: [] } });
        const id = await getsLost('hello');
        app.sandbox.postStatus(app.sandbox.listReceivedMessages()[0]?.id ?? '', 'delivered');
        await reaches(id, 'delivered');
        expect(await ids()).toEqual([]);
        expect(await replayOne(id, { evenIfUnknown: true })).toMatchObject({
          status: 404,
          body: { code: 'not_found' },
        });
      });

      test('is checked anew: what may not be sent now is skipped, with the reason, and stays', async () => {
        await start();
        const id = await fails('hello');
        app.advance(25 * HOUR);
        expect(await replay({ filter: { type: 'message' } })).toMatchObject({
          replayed: 0,
          skipped: [{ id, code: 'session_closed' }],
        });
        expect(await replayOne(id)).toMatchObject({ status: 409, body: { code: 'session_closed' } });
        expect(await ids()).toEqual([id]);
        await anaWrites('I am here');
        expect(await replay({ ids: [id] })).toMatchObject({ replayed: 1, deadLetters: [{ id }], skipped: [] });
        await eventually(() => texts().length === 1, 'the message to be sent');
      });

      test('that is discarded stays as it ended, and is asked about no more', async () => {
        await start();
        const id = await fails('hello');
        expect((await app.call('POST', `/v1/dead-letters/${id}/discard`)).body).toEqual({ discarded: true });
        expect(await ids()).toEqual([]);
        expect((await app.message(id)).status).toBe('failed');
        expect(await replayOne(id)).toMatchObject({ status: 404 });
        expect(await app.call('POST', `/v1/dead-letters/${id}/discard`)).toMatchObject({ status: 404 });
      });

      test('of an account that was deleted is kept, and says so', async () => {
        await start();
        const id = await fails('hello');
        await app.call('DELETE', `/v1/accounts/${app.account.id}`);
        expect((await list()).data).toMatchObject([{ id, account: ACCOUNT }]);
        expect(await replayOne(id)).toMatchObject({ status: 409, body: { code: 'account_required' } });
      });
    });

    describe('a webhook', () => {
      test('that could not be read is kept with what went wrong, and read once it can be', async () => {
        await start();
        const { id, mend } = await anaIsNotUnderstood('understand me');
        const { data } = await list();
        expect(data).toMatchObject([{ id, type: 'webhook', account: ACCOUNT, code: 'unreadable' }]);
        expect(data[0]?.detail).toContain('Cannot read what is not there');
        expect(data[0]).not.toHaveProperty('body');
        const shown = (await get(id)).body as DeadLetterDetails;
        expect(shown.body).toContain('understand me');
        expect(JSON.stringify(shown)).not.toContain('sha256=');
        expect(await replayOne(id)).toMatchObject({ status: 422, body: { code: 'unreadable' } });
        expect(await replay({ ids: [id] })).toMatchObject({ replayed: 0, skipped: [{ id, code: 'unreadable' }] });
        mend();
        const workflow = await app.listen();
        expect((await replayOne(id)).body).toEqual({ id });
        expect(await workflow.took(1)).toMatchObject([{ message: { content: { text: 'understand me' } } }]);
        expect(await ids()).toEqual([]);
        expect(await replayOne(id)).toMatchObject({ status: 404 });
      });

      test('that came again meanwhile, and was read, tells its news once', async () => {
        await start();
        const workflow = await app.listen();
        const { id, mend } = await anaIsNotUnderstood('only once');
        mend();
        app.sandbox.redeliver(1);
        await app.sandbox.webhooks.settled();
        await replay({ ids: [id] });
        await anaWrites('and now?');
        await workflow.took(2);
        expect(workflow.taken().map(({ message }) => message?.content)).toMatchObject([
          { text: 'only once' },
          { text: 'and now?' },
        ]);
      });

      test('that is discarded is forgotten', async () => {
        await start();
        const { id, mend } = await anaIsNotUnderstood('forget me');
        mend();
        expect(await app.call('POST', '/v1/dead-letters/discard', { ids: [id] })).toMatchObject({
          status: 200,
          body: { discarded: 1, skipped: [], remaining: 0 },
        });
        expect((await get(id)).status).toBe(404);
        expect(await replayOne(id)).toMatchObject({ status: 404 });
      });
    });

    test('many are paged, filtered, and replayed by a filter, oldest first, in parts', async () => {
      await start();
      const dead: string[] = [];
      for (const text of ['1', '2', '3', '4', '5']) {
        dead.push(await fails(text));
        app.advance(MINUTE);
      }
      const { id: webhook, mend } = await anaIsNotUnderstood();
      mend();
      const all = [webhook, ...dead.toReversed()];
      expect(await ids()).toEqual(all);
      const pages: string[][] = [];
      for (let next: string | undefined = ''; next !== undefined;) {
        const page: Page<DeadLetter> = await list(`?limit=4${next && `&after=${encodeURIComponent(next)}`}`);
        pages.push(page.data.map(({ id }) => id));
        next = page.next;
      }
      expect(pages).toEqual([all.slice(0, 4), all.slice(4)]);
      const third = (await get(dead[2] ?? '')).body as DeadLetter;
      const queries: [string, string[]][] = [
        ['?type=webhook', [webhook]],
        ['?code=unreadable', [webhook]],
        ['?code=unavailable&limit=1', dead.slice(4)],
        ['?code=expired', []],
        ['?channel=whatsapp&type=message', dead.toReversed()],
        ['?channel=telegram', []],
        [`?externalId=${ACCOUNT.externalId}&status=failed`, dead.toReversed()],
        [`?to=${third.deadAt}`, dead.slice(0, 2).toReversed()],
        [`?from=${third.deadAt}&type=message`, dead.slice(2).toReversed()],
      ];
      for (const [query, expected] of queries) expect([query, await ids(query)]).toEqual([query, expected]);
      const first = await replay({ filter: { type: 'message' }, limit: 3 });
      expect(first).toMatchObject({ replayed: 3, skipped: [], remaining: 2 });
      const second = await replay({ filter: { type: 'message' }, limit: 3, after: first.next });
      expect(second).toMatchObject({ replayed: 2, skipped: [], remaining: 0 });
      expect(second).not.toHaveProperty('next');
      expect([...first.deadLetters, ...second.deadLetters].map(({ id }) => id)).toEqual(dead);
      await eventually(() => texts().length === 5, 'all to be sent');
      expect(texts()).toEqual(['1', '2', '3', '4', '5']);
      expect(await app.call('POST', '/v1/dead-letters/discard', { filter: {} })).toMatchObject({
        body: { discarded: 1, skipped: [], remaining: 0 },
      });
    });

    test('what is skipped does not keep a filter from the rest', async () => {
      await start();
      const dead = [await fails('1'), await fails('2')];
      app.advance(2 * DAY);
      const first = await replay({ filter: {}, limit: 1 });
      expect(first).toMatchObject({ replayed: 0, skipped: [{ id: dead[0] }], remaining: 1 });
      expect(await replay({ filter: {}, limit: 1, after: first.next })).toMatchObject({ skipped: [{ id: dead[1] }] });
    });

    test('what fails again while all are replayed is not replayed with them', async () => {
      await start();
      const dead = [await fails('1'), await fails('2'), await fails('3')];
      app.advance(MINUTE);
      app.sandbox.faults.next({ kind: 'maintenance', code: SYNCING, times: 4 });
      const first = await replay({ filter: {}, limit: 2 });
      expect(first).toMatchObject({ replayed: 2, remaining: 1 });
      await inTime(async () => (await ids()).length === 3, 'the two to fail again');
      const second = await replay({ filter: {}, limit: 2, after: first.next });
      expect(second).toMatchObject({ replayed: 1, deadLetters: [{ id: dead[2] }], remaining: 0 });
      expect(second).not.toHaveProperty('next');
      expect((await replay({ filter: {} })).replayed).toBe(2);
    });

    test('those that never were are skipped or not found', async () => {
      await start();
      const sent = await app.sent('fine');
      await reaches(sent, 'read');
      const received = (await app.call('GET', `/v1/conversations/${(await app.message(sent)).conversationId}/messages`))
        .body as Page<MessageView>;
      const inbound = received.data.find(({ direction }) => direction === 'inbound')?.id ?? '';
      const strangers = ['msg_nothing', 'rcp_999', 'rcp_0', 'rcp_1e3', 'evt_1', 'x', sent, inbound];
      for (const id of strangers) {
        expect(await replayOne(id)).toMatchObject({ status: 404, body: { code: 'not_found' } });
        expect(await get(id)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      }
      const { replayed, skipped } = await replay({ ids: strangers });
      expect(replayed).toBe(0);
      expect(new Set(skipped.map(({ id }) => id))).toEqual(new Set(strangers));
      expect(new Set(skipped.map(({ code }) => code))).toEqual(new Set(['not_found']));
      expect((await app.message(sent)).status).toBe('read');
    });

    test('are counted', async () => {
      await start();
      await fails('1');
      const { text } = await app.call('GET', '/metrics');
      expect(text).toContain('parley_dead_letters{type="message"} 1');
      expect(text).toContain('parley_dead_letters{type="webhook"} 0');
    });
  });
}
