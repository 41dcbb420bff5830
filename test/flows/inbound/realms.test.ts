/** Providers that choose the ids of people anew for each account: the same id of two accounts is two people. */
import { identitiesIn } from '../../../service/src/core/identity.ts';
import * as erasures from '../../../service/src/store/receipt-keeping.store.ts';
import type { ChannelEvent } from '../../../service/src/channels/channel.ts';
import { messageKey } from '../../../service/src/core/ids.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { OutboundFixture } from '../../outbound/fixture.ts';
import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { tempLedgers } from '../../support/temp-ledger.ts';

const ADDRESS = '15550001111';
let facts = 0;

function said(text: string): ChannelEvent {
  const providerMessageId = `in ${++facts}`;
  const contact = { identities: [{ kind: 'phone', address: ADDRESS }], name: text };
  const about = { providerMessageId, dedupeKey: messageKey(providerMessageId), contact, raw: {} };
  return { type: 'message.received', ...about, content: { type: 'text', text }, opensWindow: 'message' };
}

const ledgers: [string, () => Promise<Ledger>][] = [
  ['sqlite', tempLedgers()],
  ['postgres', postgresLedgers().open],
];

describe.each(ledgers)('on %s', (_name, open) => {
  let flow: OutboundFixture;
  beforeEach(async () => {
    flow = await new OutboundFixture(await open(), { realms: true }).start();
    for (const id of ['1', '2']) {
      await flow.account(id);
      await flow.told(id, said(`I write to page ${id}`));
    }
  });
  afterEach(() => flow.stop());

  const contactOf = (externalId?: string) =>
    flow.directory.contactIdOf({ channel: 'whatsapp', externalId }, `+${ADDRESS}`);
  const people = async () => new Set((await flow.events()).map(({ contact }) => contact?.id)).size;

  test('the same id of two accounts is two contacts, and of one account one', async () => {
    expect(await people()).toBe(2);
    await flow.told('1', said('again'));
    const { id, conversationId } = await flow.send('2', `+${ADDRESS}`);
    await flow.reaches(id, 'sent');
    expect(await people()).toBe(2);
    const events = await flow.events();
    expect(events[1]?.conversationId).toBe(conversationId);
    expect(events[2]?.contact).toMatchObject({ id: events[0]?.contact?.id, name: 'again' });
    // Realms are Parley's own affair.
    expect(events[0]?.contact?.identities).toEqual([{ kind: 'phone', address: ADDRESS }]);
  });

  test('erasing one leaves the other', async () => {
    await flow.eraser.erase(await contactOf('1'));
    await expect(contactOf('1')).rejects.toMatchObject({ status: 404, code: 'not_found' });
    expect((await flow.send('2', `+${ADDRESS}`)).conversationId).toBe((await flow.events()).at(-1)?.conversationId);
    expect(await contactOf('2')).toEqual(expect.any(String));
    expect(await contactOf()).toBe(await contactOf('2'));
  });

  test('an address of several is nobody’s until the account is named', async () => {
    const refused = { status: 400, code: 'invalid_request', message: expect.stringContaining('externalId') };
    await expect(contactOf()).rejects.toMatchObject(refused);
    expect(await contactOf('1')).not.toBe(await contactOf('2'));
  });

  test('what the one wrote before they were erased is left out of webhooks, what the other wrote is not', async () => {
    const identities = ['1', '2'].map((realm) => {
      const account = { settings: {}, channel: { id: 'whatsapp', realm: () => realm } };
      return identitiesIn(account, [{ kind: 'phone', address: ADDRESS }]);
    });
    const [erased = [], other = []] = identities;
    await flow.ledger.write((tx) => erasures.mark(tx, erased, 7));
    const leftOut = await erasures.leftOut(flow.ledger.reader);
    expect([leftOut(7, erased), leftOut(8, erased), leftOut(7, other)]).toEqual([true, false, false]);
    // A mark of a version that knew no realms counts in each.
    const anywhere = erased.map((one) => ({ ...one, realm: '' }));
    await flow.ledger.write((tx) => erasures.mark(tx, anywhere, 5));
    const thenToo = await erasures.leftOut(flow.ledger.reader);
    expect([thenToo(5, other), thenToo(6, other), thenToo(7, erased)]).toEqual([true, false, true]);
  });
});
