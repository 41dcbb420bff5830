/** A contact who leaves the conversation: nobody writes there until they do, and what waits for them goes out then. */
import type { ChannelEvent, ParsedMessage } from '../../../service/src/channels/channel.ts';
import { messageKey } from '../../../service/src/core/ids.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import * as messages from '../../../service/src/store/message.store.ts';
import { OutboundFixture } from '../../outbound/fixture.ts';
import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { tempLedgers } from '../../support/temp-ledger.ts';

const TO = '+15550001111';
const CONTACT = { identities: [{ kind: 'phone', address: '15550001111' }] };
const REFUSED = { status: 409, code: 'blocked', message: expect.stringContaining('left') };
const TEMPLATE = { type: 'template' as const, name: 'hello', language: 'en' };
let facts = 0;

function said(change: Partial<ParsedMessage> = {}): ChannelEvent {
  const providerMessageId = `in ${++facts}`;
  const about = { providerMessageId, dedupeKey: messageKey(providerMessageId), contact: CONTACT, raw: {} };
  const content = { type: 'text' as const, text: 'hello' };
  return { type: 'message.received', ...about, content, opensWindow: 'message', ...change };
}

const left = (at?: number): ChannelEvent => {
  const about = { dedupeKey: `left ${++facts}`, contact: CONTACT, data: {}, raw: {}, ...(at !== undefined && { at }) };
  return { type: 'conversation.control', ...about, closes: true };
};

const ledgers: [string, () => Promise<Ledger>][] = [
  ['sqlite', tempLedgers()],
  ['postgres', postgresLedgers().open],
];
const windows: [string, object][] = [
  ['with windows', { window: { lengthMs: 86_400_000, outside: ['template'] } }],
  ['without windows', {}],
];
const places = ledgers.flatMap(([name, open]) =>
  windows.map(([kind, capabilities]) => [`${name}, ${kind}`, open, capabilities] as const),
);

describe.each(places)('on %s', (_name, open, capabilities) => {
  let flow: OutboundFixture;
  beforeEach(async () => {
    flow = await new OutboundFixture(await open(), { capabilities }).start();
    await flow.account('1');
    await flow.told('1', said());
  });
  afterEach(() => flow.stop());

  const statusOf = async (id: string) => (await messages.find(flow.ledger.reader, id))?.status;

  test('nobody may write, program or person, in any form, until the contact does', async () => {
    await flow.told('1', left());
    for (const more of [
      {},
      { author: 'human' as const },
      { content: TEMPLATE },
      { ifSessionClosed: { template: TEMPLATE } },
    ]) {
      await expect(flow.send('1', TO, more)).rejects.toMatchObject(REFUSED);
    }
    await flow.told('1', said());
    expect(await flow.send('1', TO)).toMatchObject({ status: 'queued' });
  });

  test('events say so', async () => {
    await flow.told('1', left());
    await flow.told('1', said({ opensWindow: undefined } as Partial<ParsedMessage>));
    const sessions = (await flow.events()).map(({ session }) => session);
    expect(sessions.map((session) => session?.closedAt !== undefined)).toEqual([false, true, false]);
    expect(sessions.map((session) => session?.open)).toEqual([true, false, true]);
  });

  test('news that is older than what the contact did since then changes nothing', async () => {
    const now = flow.clock.now();
    await flow.told('1', left(now - 1_000));
    expect(await flow.send('1', TO)).toMatchObject({ status: 'queued' });
    await flow.told('1', left(now));
    await flow.told('1', said({ at: now - 1 }));
    await expect(flow.send('1', TO)).rejects.toMatchObject(REFUSED);
  });

  test('what asked to wait is held until the contact writes', async () => {
    await flow.told('1', left());
    const { id, status } = await flow.send('1', TO, { ifSessionClosed: 'hold' });
    expect(status).toBe('held');
    await flow.told('1', left());
    expect(await statusOf(id)).toBe('held');
    await flow.told('1', said());
    await flow.reaches(id, 'sent');
  });

  test('what was queued fails, or waits where it asked to', async () => {
    let release: () => void = () => undefined;
    flow.answer = ({ message }) =>
      new Promise((resolve) => (release = () => resolve({ providerMessageId: `provider ${message.id}` })));
    const first = await flow.send('1', TO);
    await flow.called(1);
    const ended = await flow.send('1', TO);
    const waits = await flow.send('1', TO, { ifSessionClosed: 'hold' });
    await flow.told('1', left());
    release();
    await flow.reaches(first.id, 'sent');
    await flow.reaches(ended.id, 'failed');
    await flow.reaches(waits.id, 'held');
    expect((await messages.find(flow.ledger.reader, ended.id))?.error).toMatchObject({
      code: 'blocked',
    });
    flow.answer = ({ message }) => ({ providerMessageId: `provider ${message.id}` });
    await flow.told('1', said());
    await flow.reaches(waits.id, 'sent');
    expect(await statusOf(ended.id)).toBe('failed');
    expect(flow.calls).toHaveLength(2);
  });
});
