/** What one webhook may hold many of costs the ledger no more than as many times one of it, whatever the ledger holds already. */
import type { ChannelEvent } from '../../service/src/channels/channel.ts';
import { OutboundFixture } from '../outbound/fixture.ts';
import { ledgerWork } from '../support/ledger-work.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const FEW = 150;
/** Twice as many may cost twice as much, and a little; their square would be four times. */
const MOST = 2.4;

const phone = (n: number) => `1555${String(n).padStart(7, '0')}`;
const person = (n: number) => ({ identities: [{ kind: 'phone', address: phone(n) }] });
/** One person by a lasting id, under another number each time. */
const moving = (n: number) => ({ identities: [{ kind: 'userId', address: 'EG.1' }, ...person(n).identities] });
const ANA = person(1);

type Fact = (n: number) => ChannelEvent;

const said: Fact = (n) => ({
  ...{ type: 'message.received', dedupeKey: `said ${n}`, providerMessageId: `said ${n}`, contact: ANA, raw: {} },
  content: { type: 'text', text: `text ${n}` },
});
const echo: Fact = (n) => ({
  ...{ type: 'message.echo', dedupeKey: `echo ${n}`, providerMessageId: `echo ${n}`, contact: ANA, raw: {} },
  content: { type: 'text', text: `written by hand ${n}` },
});
const status: Fact = (n) => ({
  ...{ type: 'message.status', dedupeKey: `status ${n}`, providerMessageId: `provider ${n}`, raw: {} },
  status: 'delivered',
});

async function sent(fixture: OutboundFixture, count: number): Promise<string[]> {
  let number = 0;
  fixture.answer = () => ({ providerMessageId: `provider ${number++}` });
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push((await fixture.send('1', `+${phone(1)}`)).id);
  for (const id of ids) await fixture.reaches(id, 'sent');
  return ids;
}

/** As if no answer had come to any of them. */
async function lost(fixture: OutboundFixture, count: number): Promise<void> {
  await sent(fixture, count);
  await fixture.ledger.write(async ({ db }) => {
    await db
      .updateTable('messages')
      .set({ status: 'uncertain', providerId: null })
      .where('direction', '=', 'outbound')
      .execute();
    await db.updateTable('attempts').set({ outcome: 'uncertain' }).execute();
  });
}

const none = async () => undefined;
const CASES: Record<string, { before?: (fixture: OutboundFixture, count: number) => Promise<unknown>; fact: Fact }> = {
  'messages of one person': { fact: said },
  'messages of as many persons': { fact: (n) => ({ ...said(n), contact: person(n) }) as ChannelEvent },
  'messages of one person under as many numbers': { fact: (n) => ({ ...said(n), contact: moving(n) }) as ChannelEvent },
  'changes of one number': {
    fact: (n) => ({
      ...{
        type: 'contact.identity_changed',
        dedupeKey: `change ${n}`,
        contact: person(n),
        raw: {},
        data: { event: 'number_changed' },
      },
      added: person(n + 1).identities,
    }),
  },
  'identities that one change adds': {
    fact: (n) => ({
      ...{
        type: 'contact.identity_changed',
        dedupeKey: `change ${n}`,
        contact: ANA,
        raw: {},
        data: { event: 'number_changed' },
      },
      added: person(n + 1).identities,
    }),
  },
  'echoes beside as many messages of which nobody knows': { before: lost, fact: echo },
  'statuses of as many messages': { before: sent, fact: status },
  'marks up to which all was read': {
    before: sent,
    fact: (n) => ({
      ...{
        type: 'message.watermark',
        dedupeKey: `mark ${n}`,
        contact: ANA,
        status: 'read',
        upTo: 1_760_000_000_000,
        raw: {},
      },
    }),
  },
  'messages taken back': {
    before: (fixture, count) => fixture.told('1', ...Array.from({ length: count }, (_, n) => said(n))),
    fact: (n) => ({
      ...{ type: 'message.deleted', dedupeKey: `deleted ${n}`, contact: ANA, providerMessageId: `said ${n}`, raw: {} },
    }),
  },
  'edits of one message': {
    before: (fixture) => fixture.told('1', said(0)),
    fact: (n) => ({
      ...{ type: 'message.edited', dedupeKey: `edited ${n}`, contact: ANA, providerMessageId: 'said 0', raw: {} },
      content: { type: 'text', text: `now ${n}` },
    }),
  },
};

const open = tempLedgers();

test.each(Object.entries(CASES))('many %s', async (_name, { before = none, fact }) => {
  const works: number[] = [];
  for (const count of [FEW, 2 * FEW]) {
    const fixture = await new OutboundFixture(await open()).start();
    await fixture.account('1');
    await before(fixture, count);
    const facts = Array.from({ length: count }, (_, n) => fact(n));
    works.push(await ledgerWork(() => fixture.told('1', ...facts)));
    await fixture.stop();
  }
  const [few, many] = works as [number, number];
  expect(many / few).toBeLessThan(MOST);
});

test('a person under ever other numbers keeps what they are surely known by, and the last of the numbers', async () => {
  const fixture = await new OutboundFixture(await open()).start();
  await fixture.account('1');
  for (let n = 0; n < 40; n++) {
    await fixture.told('1', { ...said(n), contact: moving(n) } as ChannelEvent);
    fixture.advance(1_000);
  }
  const [last] = (await fixture.events()).slice(-1);
  const numbers = Array.from({ length: 32 }, (_, n) => ({ kind: 'phone', address: phone(n + 8) }));
  expect(last?.contact?.identities).toEqual([...numbers, { kind: 'userId', address: 'EG.1' }]);
  expect(await fixture.ledger.reader.selectFrom('contacts').select('id').execute()).toHaveLength(1);
  await fixture.stop();
});
