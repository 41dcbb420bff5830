/** Events that a workflow does not take, from end to end, on any database: nothing is lost, and nobody waits for them. */
import { jest } from '@jest/globals';
import type { Page } from '../../../contract/api.ts';
import type { DeadLetter, DeadLetterDetails, ReplayAnswer } from '../../../contract/dead-letter.ts';
import type { ParleyEvent } from '../../../contract/event.ts';
import { ANA, BEN, closeApps, DAY, HOUR, MINUTE, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { Delivery, Receiver } from '../../support/receiver.ts';

type Env = () => Promise<Record<string, string>>;

const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;
const isPoison = ({ events }: Delivery) => events.some((event) => textOf(event)?.startsWith('poison'));

export function describeUntakenEvents(name: string, env: Env): void {
  jest.setTimeout(120_000);
  afterEach(closeApps);

  describe(`events that a workflow does not take (${name})`, () => {
    let app: App;
    const start = async (more: Record<string, string> = {}) => {
      app = await startApp({ env: { ...(await env()), ...more } });
    };
    const list = async (query = '') => (await app.call('GET', `/v1/dead-letters${query}`)).body as Page<DeadLetter>;
    const says = (text: string, from = ANA) => app.sandbox.customer.sends({ from, text });
    const texts = (workflow: Receiver) => workflow.taken().map(textOf);

    /** A workflow that refuses poison, has refused it for good, and took everything else. */
    async function poisoned(poisons = ['poison']): Promise<Receiver> {
      const workflow = await app.listen();
      workflow.answer = (call) => (isPoison(call) ? 500 : 200);
      for (const poison of poisons) await says(poison);
      await says('after');
      await says('from Ben', BEN);
      await eventually(() => texts(workflow).includes('from Ben'), 'another conversation to go on at once');
      for (let i = 0; (await list()).data.length < poisons.length; i++) {
        if (i > 60) throw new Error('The poison was never put aside');
        const before = workflow.deliveries.filter(isPoison).length;
        await eventually(() => {
          app.advance(MINUTE);
          return workflow.deliveries.filter(isPoison).length > before;
        }, 'the poison to be tried again');
        await says(`more ${i}`, BEN);
        await eventually(() => texts(workflow).includes(`more ${i}`), 'another to be taken');
      }
      await eventually(() => texts(workflow).includes('after'), 'the conversation to go on');
      return workflow;
    }

    test('are shown, counted, and replayed to the workflow when it was mended', async () => {
      await start();
      const workflow = await poisoned();
      const [dead] = (await list()).data;
      expect(dead).toMatchObject({
        ...{
          id: expect.stringMatching(/^evd_\d+$/),
          type: 'event',
          code: 'refused',
          detail: 'The receiver answered 500',
        },
        account: { channel: 'whatsapp', externalId: app.account.externalId },
        event: { id: expect.stringMatching(/^evt_/), type: 'message.received', url: workflow.url },
      });
      const id = dead?.id ?? '';
      const details = (await app.call('GET', `/v1/dead-letters/${id}`)).body as DeadLetterDetails;
      expect(JSON.parse(details.body ?? '')).toMatchObject({
        id: dead?.event?.id,
        message: { content: { text: 'poison' } },
      });
      expect((await app.call('GET', '/metrics')).text).toContain('parley_dead_letters{type="event"} 1');
      expect(app.log.of('An event that its workflow refuses')).toMatchObject([{ event: dead?.event?.id }]);
      expect(app.log.text).not.toContain('poison');
      workflow.answer = 200;
      expect(await app.call('POST', `/v1/dead-letters/${id}/replay`)).toMatchObject({ status: 200, body: { id } });
      await eventually(() => texts(workflow).at(-1) === 'poison', 'the event to be delivered again');
      expect((await list()).data).toEqual([]);
      expect(await app.call('POST', `/v1/dead-letters/${id}/replay`)).toMatchObject({ status: 404 });
    });

    test('are found by type and reason, page by page, and discarded', async () => {
      await start();
      await poisoned(['poison 1', 'poison 2', 'poison 3']);
      for (const query of [
        '?type=event',
        '?code=refused',
        '?channel=whatsapp',
        `?externalId=${app.account.externalId}`,
      ]) {
        expect((await list(query)).data).toHaveLength(3);
      }
      const none = ['?type=message', '?type=webhook', '?code=unreadable', '?status=failed', '?channel=messenger'];
      for (const query of [...none, '?code=subscription_ended']) expect((await list(query)).data).toEqual([]);
      const first = await list('?limit=2');
      const rest = await list(`?limit=2&after=${first.next ?? ''}`);
      const ids = [...first.data, ...rest.data].map(({ id }) => id);
      expect([first.data.length, rest.data.length, new Set(ids).size]).toEqual([2, 1, 3]);
      const half = await app.call('POST', '/v1/dead-letters/discard', { filter: { type: 'event' }, limit: 2 });
      expect(half).toMatchObject({ status: 200, body: { discarded: 2, remaining: 1 } });
      const { next: after } = half.body as ReplayAnswer;
      const others = await app.call('POST', '/v1/dead-letters/discard', { filter: { type: 'event' }, after });
      expect(others).toMatchObject({ body: { discarded: 1, remaining: 0 } });
      expect((await list()).data).toEqual([]);
    });

    test('stay when the workflow is gone, and go to the one that is activated at its address', async () => {
      await start();
      const workflow = await app.listen();
      workflow.answer = 503;
      for (const text of ['one', 'two']) await says(text);
      await eventually(() => workflow.deliveries.length > 0, 'the first try');
      // What becomes an event after the end is for nobody.
      const said = async () => {
        const { data } = (await app.call('GET', '/v1/conversations')).body as { data: { id: string }[] };
        const pages = data.map(({ id }) => app.call('GET', `/v1/conversations/${id}/messages`));
        return (await Promise.all(pages)).flatMap(({ body }) => (body as { data: object[] }).data);
      };
      await eventually(async () => (await said()).length === 2, 'both to be events');
      workflow.answer = 410;
      await eventually(async () => {
        app.advance(MINUTE);
        return (await list()).data.length === 2;
      }, 'what waited to be kept');
      expect((await list('?code=subscription_ended')).data).toHaveLength(2);
      expect(app.log.of('A subscription ended')).toMatchObject([{ reason: 'gone', kept: 2 }]);
      const replay = () => app.call('POST', '/v1/dead-letters/replay', { filter: { type: 'event' } });
      expect((await replay()).body).toMatchObject({
        ...{ replayed: 0, skipped: [{ code: 'subscription_ended' }, { code: 'subscription_ended' }] },
      });
      workflow.answer = 200;
      await app.listen({ url: workflow.url });
      expect((await replay()).body).toMatchObject({ replayed: 2, skipped: [] });
      await workflow.took(2);
      expect(texts(workflow)).toEqual(['one', 'two']);
    });

    test('are no dead letters any more when the events of their time are replayed', async () => {
      await start();
      const workflow = await poisoned();
      workflow.answer = 200;
      const [subscription] = ((await app.call('GET', '/v1/subscriptions')).body as { data: { id: string }[] }).data;
      const from = new Date(app.clock.now() - DAY).toISOString();
      await app.call('POST', `/v1/subscriptions/${subscription?.id ?? ''}/replay`, { from });
      await eventually(() => texts(workflow).includes('poison'), 'the event to be delivered again');
      expect((await list()).data).toEqual([]);
    });

    test('go with the person, and with what is kept of events', async () => {
      await start({ PARLEY_KEEP_BODIES: '12h' });
      await poisoned(['poison 1', 'poison 2']);
      const ids = (await list()).data.map(({ id }) => id);
      const later = async (byMs: number) => {
        app.advance(byMs);
        return (await list()).data.length;
      };
      await app.call('POST', `/v1/dead-letters/${ids[0] ?? ''}/discard`);
      await app.call('DELETE', `/v1/contacts?channel=whatsapp&externalId=${app.account.externalId}&address=%2B${ANA}`);
      const erasedAt = app.clock.now();
      await eventually(async () => (await later(MINUTE)) === 0, 'what the person wrote to be forgotten');
      expect(app.clock.now() - erasedAt).toBeLessThan(11 * HOUR);
      await app.stop();
      app = await startApp({ env: { ...(await env()), PARLEY_KEEP_BODIES: '12h' } });
      await poisoned();
      await eventually(async () => (await later(HOUR)) === 0, 'what was said to be forgotten');
    });
  });
}
