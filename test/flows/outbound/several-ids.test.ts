/** A provider that makes several messages of one send: the status of each is about the send, and so is an echo. */
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import * as messages from '../../../service/src/store/message.store.ts';
import * as providerIds from '../../../service/src/store/provider-id.store.ts';
import { OutboundFixture } from '../../outbound/fixture.ts';
import { eventually } from '../../support/eventually.ts';
import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { tempLedgers } from '../../support/temp-ledger.ts';

const TO = '+15550001111';
const CONTACT = { identities: [{ kind: 'phone', address: '15550001111' }] };
const TEMPLATE = { type: 'template' as const, name: 'hello', language: 'en' };
let facts = 0;

const ledgers: [string, () => Promise<Ledger>][] = [
  ['sqlite', tempLedgers()],
  ['postgres', postgresLedgers().open],
];

describe.each(ledgers)('on %s', (_name, open) => {
  let flow: OutboundFixture;
  beforeEach(async () => {
    flow = await new OutboundFixture(await open()).start();
    await flow.account('1');
    let sends = 0;
    flow.answer = () => {
      const ids = [`${++sends} a`, `${sends} b`, `${sends} c`];
      return { providerMessageId: ids[0] ?? '', providerMessageIds: ids };
    };
  });
  afterEach(() => flow.stop());

  const statusOf = async (id: string) => (await messages.find(flow.ledger.reader, id))?.status;
  const tell = (providerMessageId: string, change: object): Promise<void> =>
    flow.told('1', {
      ...{ type: 'message.status', providerMessageId, dedupeKey: `status ${++facts}`, raw: {} },
      ...change,
    } as ChannelEvent);
  const left = async () => (await flow.ledger.reader.selectFrom('messageProviderIds').selectAll().execute()).length;
  const sent = async (more = {}) => {
    const { id } = await flow.send('1', TO, more);
    await flow.reaches(id, 'sent');
    return id;
  };

  test('a status of any of them moves the message, and of no other', async () => {
    const [one, other] = [await sent(), await sent()];
    await tell('1 b', { status: 'delivered' });
    expect([await statusOf(one), await statusOf(other)]).toEqual(['delivered', 'sent']);
    await tell('1 c', { status: 'read' });
    await tell('2 a', { status: 'delivered' });
    expect([await statusOf(one), await statusOf(other)]).toEqual(['read', 'delivered']);
    const row = await messages.find(flow.ledger.reader, one);
    expect(row?.providerId).toBe('1 a');
  });

  test('an echo of any of them is passed over', async () => {
    await sent();
    const before = await flow.events();
    const about = { providerMessageId: '1 b', dedupeKey: 'message:1 b', contact: CONTACT, raw: {} };
    await flow.told('1', { type: 'message.echo', ...about, content: { type: 'text', text: 'hello' } });
    expect(await flow.events()).toEqual(before);
  });

  test('where the status of a part is faster than the answer, all name the message', async () => {
    let release: () => void = () => undefined;
    flow.answer = () =>
      new Promise((resolve) => {
        release = () => resolve({ providerMessageId: 'a', providerMessageIds: ['a', 'b'] });
      });
    const { id } = await flow.send('1', TO);
    await flow.called(1);
    await tell('b', { status: 'sent', correlationId: id });
    release();
    await eventually(async () => (await flow.outcomes(id))[0] === 'accepted', 'the answer');
    await tell('a', { status: 'delivered' });
    expect(await statusOf(id)).toBe('delivered');
  });

  test('when something else takes its place, none of them names the message any more', async () => {
    const id = await sent({ ifSessionClosed: { template: TEMPLATE } });
    const error = { kind: 'session_closed', code: '1', message: 'closed' };
    await tell('1 b', { status: 'failed', error });
    await flow.called(2);
    await flow.reaches(id, 'sent');
    for (const part of ['1 a', '1 b', '1 c']) await tell(part, { status: 'failed', correlationId: id });
    expect(await statusOf(id)).toBe('sent');
    await tell('2 c', { status: 'delivered' });
    expect(await statusOf(id)).toBe('delivered');
  });

  test('they go with the person, and with their age', async () => {
    await sent();
    expect(await left()).toBe(2);
    await flow.ledger.write((tx) => providerIds.dropOld(tx, 'msg_0'));
    expect(await left()).toBe(2);
    const contact = (await flow.events()).at(-1)?.contact?.id ?? '';
    await flow.eraser.erase(contact);
    expect(await left()).toBe(0);
    await sent();
    await flow.ledger.write((tx) => providerIds.dropOld(tx, 'msg_z'));
    expect(await left()).toBe(0);
  });
});
