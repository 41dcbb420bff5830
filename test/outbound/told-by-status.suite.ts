/** What a status tells about the account, or about the session, counts as if the answer to the send had told it. */
import type { ParsedStatus } from '../../service/src/channels/channel.ts';
import { SendError } from '../../service/src/core/errors.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as conversations from '../../service/src/store/conversation.store.ts';
import * as messages from '../../service/src/store/message.store.ts';
import { eventually } from '../support/eventually.ts';
import { OutboundFixture, type FixtureOptions, type ProviderCall } from './fixture.ts';

const [TO, OTHER] = ['+15550001111', '+15550002222'];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

type Refusal = NonNullable<ParsedStatus['error']>;
const PAYMENT: Refusal = { kind: 'settings', code: 'settings', message: 'No payment method', providerCode: '131042' };

export function toldByStatusSuite(open: () => Promise<Ledger>): void {
  const fixtures: OutboundFixture[] = [];
  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) await fixture.stop();
  });

  async function start(options: FixtureOptions = {}): Promise<OutboundFixture> {
    const fixture = await new OutboundFixture(await open(), options).start();
    fixtures.push(fixture);
    await fixture.account('1');
    let count = 0;
    fixture.answer = () => ({ providerMessageId: `provider ${++count}` });
    return fixture;
  }

  const stored = async ({ ledger }: OutboundFixture, id: string) => messages.find(ledger.reader, id);
  const account = async ({ ledger }: OutboundFixture) =>
    ledger.reader.selectFrom('accounts').selectAll().executeTakeFirstOrThrow();
  const types = async (fixture: OutboundFixture) => (await fixture.events()).map(({ type }) => type);

  /** The provider's word about the call of that number. */
  async function told(fixture: OutboundFixture, call: number, status: ParsedStatus['status'], error?: Refusal) {
    const providerMessageId = `provider ${call}`;
    const key = { dedupeKey: `status:${providerMessageId}:${status}`, raw: {} };
    const fact = { type: 'message.status' as const, ...key, providerMessageId, status, ...(error && { error }) };
    await fixture.told('1', fact);
  }

  async function calledAgain(fixture: OutboundFixture, times: number, stepMs = MINUTE): Promise<void> {
    await eventually(() => {
      if (fixture.calls.length >= times) return true;
      // A trial that is just being taken must not be followed by the next.
      if (fixture.driver.running('send') === 0) fixture.advance(stepMs);
      return false;
    }, `call ${times}`);
  }

  describe('an account that is refused', () => {
    test('waits with all it has, the message that told it as well, and one alert says why', async () => {
      const fixture = await start();
      const { id } = await fixture.send('1', TO);
      await fixture.reaches(id, 'sent');
      await told(fixture, 1, 'failed', PAYMENT);
      expect(await account(fixture)).toMatchObject({ pausedReason: 'No payment method', pausedBy: 'status' });
      expect(await stored(fixture, id)).toMatchObject({ status: 'queued', deadAt: null, error: null });
      const second = await fixture.send('1', OTHER);
      fixture.advance(1_000);
      expect(await stored(fixture, second.id)).toMatchObject({ status: 'queued' });
      expect(fixture.calls).toHaveLength(1);
      expect(await types(fixture)).toEqual(['message.status', 'account.alert']);
    });

    test('goes on when it is stored again, each message once', async () => {
      const fixture = await start();
      const ids = [await fixture.send('1', TO), await fixture.send('1', OTHER)].map(({ id }) => id);
      for (const id of ids) await fixture.reaches(id, 'sent');
      for (const call of [1, 2]) await told(fixture, call, 'failed', PAYMENT);
      fixture.advance(MINUTE / 2);
      await fixture.account('1');
      await fixture.called(4);
      for (const id of ids) await fixture.reaches(id, 'sent');
      await told(fixture, 3, 'delivered');
      fixture.advance(MINUTE);
      expect(fixture.calls).toHaveLength(4);
      expect((await types(fixture)).filter((type) => type.startsWith('account.'))).toEqual([
        'account.alert',
        'account.changed',
      ]);
    });

    test('is not taken to work because an answer takes a message, but because one arrives', async () => {
      const fixture = await start();
      const { id } = await fixture.send('1', TO);
      const other = await fixture.send('1', OTHER);
      for (const one of [id, other.id]) await fixture.reaches(one, 'sent');
      for (const call of [1, 2]) await told(fixture, call, 'failed', PAYMENT);
      const trial = async (call: number) => {
        await calledAgain(fixture, call);
        const { message } = fixture.calls[call - 1] as ProviderCall;
        await fixture.reaches(message.id, 'sent');
        expect(fixture.calls).toHaveLength(call);
        expect((await account(fixture)).pausedAt).not.toBeNull();
        return message.id;
      };
      const tried = await trial(3);
      await told(fixture, 3, 'failed', PAYMENT);
      expect(await stored(fixture, tried)).toMatchObject({ status: 'queued' });
      const arrived = await trial(4);
      expect(arrived).not.toBe(tried);
      await told(fixture, 4, 'delivered');
      expect((await account(fixture)).pausedAt).toBeNull();
      await fixture.called(5);
      await fixture.reaches(tried, 'sent');
    });

    test('that was stored since is not paused again by news of before', async () => {
      const fixture = await start();
      const { id } = await fixture.send('1', TO);
      await fixture.reaches(id, 'sent');
      fixture.advance(MINUTE);
      await fixture.account('1');
      await told(fixture, 1, 'failed', PAYMENT);
      await fixture.called(2);
      expect((await account(fixture)).pausedAt).toBeNull();
      await fixture.reaches(id, 'sent');
    });

    test('does not stop the others for one message that is refused again and again', async () => {
      const fixture = await start();
      const { id } = await fixture.send('1', TO);
      for (let call = 1; (await stored(fixture, id))?.status !== 'failed'; call++) {
        expect(call).toBeLessThan(20);
        await fixture.send('1', OTHER);
        await calledAgain(fixture, call);
        const { message } = fixture.calls[call - 1] as ProviderCall;
        await fixture.reaches(message.id, 'sent');
        if (message.id === id) await told(fixture, call, 'failed', PAYMENT);
        else await told(fixture, call, 'delivered');
      }
      expect(await stored(fixture, id)).toMatchObject({ error: { code: 'settings', providerCode: '131042' } });
      expect(await fixture.outcomes(id)).toHaveLength(4);
      expect((await account(fixture)).pausedAt).toBeNull();
    });

    test('is none when the status is about the message alone', async () => {
      const fixture = await start();
      const { id } = await fixture.send('1', TO);
      await fixture.reaches(id, 'sent');
      await told(fixture, 1, 'failed', { ...PAYMENT, scope: 'message' });
      expect(await stored(fixture, id)).toMatchObject({ status: 'failed' });
      expect((await account(fixture)).pausedAt).toBeNull();
    });

    test('that told it of what was replayed meanwhile is paused, and nothing is sent twice', async () => {
      const fixture = await start();
      const { id } = await fixture.send('1', TO);
      await fixture.reaches(id, 'sent');
      await fixture.ledger.write((tx) => messages.update(tx, id, { replayedAs: 'msg_other' }));
      await told(fixture, 1, 'failed', PAYMENT);
      expect((await account(fixture)).pausedAt).not.toBeNull();
      expect(await stored(fixture, id)).toMatchObject({ status: 'failed' });
    });
  });

  describe('a session that is over', () => {
    const window = { lengthMs: DAY, outside: ['template' as const] };
    const CLOSED: Refusal = {
      kind: 'session_closed',
      code: 'session_closed',
      message: 'Too late',
      providerCode: '131047',
    };

    async function open24h() {
      const fixture = await start({ capabilities: { window } });
      await wrote(fixture, 'wamid.1');
      const { id, conversationId } = await fixture.send('1', TO);
      const isOpen = async () => {
        const { window: now } = (await conversations.find(fixture.ledger.reader, conversationId)) ?? {};
        return (now?.expiresAt ?? 0) > fixture.clock.now();
      };
      return { fixture, id, isOpen };
    }

    const wrote = (fixture: OutboundFixture, providerMessageId: string) =>
      fixture.told('1', {
        ...{ type: 'message.received', providerMessageId, dedupeKey: `message:${providerMessageId}`, raw: {} },
        ...{ contact: { identities: [{ kind: 'phone', address: TO.slice(1) }] }, opensWindow: 'message' },
        content: { type: 'text', text: 'hi' },
      });

    test('by a status is over in the ledger, until the contact writes', async () => {
      const { fixture, id, isOpen } = await open24h();
      await fixture.reaches(id, 'sent');
      expect(await isOpen()).toBe(true);
      fixture.advance(1_000);
      await told(fixture, 1, 'failed', CLOSED);
      expect(await isOpen()).toBe(false);
      await expect(fixture.send('1', TO)).rejects.toMatchObject({ code: 'session_closed' });
      await wrote(fixture, 'wamid.2');
      expect(await isOpen()).toBe(true);
    });

    test('by an answer as well', async () => {
      const { fixture, isOpen } = await open24h();
      fixture.advance(1_000);
      fixture.answer = () => {
        throw new SendError('session_closed', 'Too late');
      };
      const { id } = await fixture.send('1', TO);
      await fixture.reaches(id, 'failed');
      expect(await isOpen()).toBe(false);
    });

    test('is open again when the contact wrote after that message', async () => {
      const { fixture, id, isOpen } = await open24h();
      await fixture.reaches(id, 'sent');
      fixture.advance(1_000);
      await wrote(fixture, 'wamid.2');
      fixture.advance(1_000);
      await told(fixture, 1, 'failed', CLOSED);
      expect(await stored(fixture, id)).toMatchObject({ status: 'failed' });
      expect(await isOpen()).toBe(true);
    });
  });
}
