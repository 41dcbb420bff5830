/** What a channel tells of a conversation beside its messages: what decides about sends there, and what workflows decide by. */
import type { ChannelEvent, ParsedMessage } from '../../../service/src/channels/channel.ts';
import { messageKey } from '../../../service/src/core/ids.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { OutboundFixture } from '../../outbound/fixture.ts';
import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { tempLedgers } from '../../support/temp-ledger.ts';

const TO = '+15550001111';
const BUTTONS = { type: 'buttons' as const, text: 'Which?', buttons: [{ id: '1', title: 'One' }] };
let facts = 0;

function said(change: Partial<ParsedMessage> = {}): ChannelEvent {
  const providerMessageId = `in ${++facts}`;
  const contact = { identities: [{ kind: 'phone', address: '15550001111' }] };
  const about = { providerMessageId, dedupeKey: messageKey(providerMessageId), contact, raw: {} };
  return { type: 'message.received', ...about, content: { type: 'text', text: 'hello' }, ...change };
}

const ledgers: [string, () => Promise<Ledger>][] = [
  ['sqlite', tempLedgers()],
  ['postgres', postgresLedgers().open],
];

describe.each(ledgers)('on %s', (_name, open) => {
  let flow: OutboundFixture;
  beforeEach(async () => {
    const outside = { window: { lengthMs: 1_000, outside: [] } };
    const capabilities = ({ surface, shows }: Readonly<Record<string, unknown>>) => ({
      kinds: shows === 'buttons' ? (['text', 'buttons'] as const) : (['text'] as const),
      ...(surface === 'short' && outside),
    });
    flow = await new OutboundFixture(await open(), { capabilities }).start();
    await flow.account('1');
  });
  afterEach(() => flow.stop());

  const ask = (change = {}) => flow.send('1', TO, { content: BUTTONS, ...change });
  const kindsSent = () => flow.calls.map(({ message }) => message.content.type);

  test('a kind may be sent where the facts of the conversation say so', async () => {
    await flow.told('1', said());
    await expect(ask()).rejects.toMatchObject({ status: 400, code: 'unsupported_by_channel' });
    expect(await ask({ degrade: true })).toMatchObject({ sentAs: 'text' });
    await flow.told('1', said({ facts: { shows: 'buttons' } }));
    const { id, sentAs } = await ask({ degrade: true });
    expect(sentAs).toBeUndefined();
    await flow.reaches(id, 'sent');
    expect(kindsSent()).toEqual(['text', 'buttons']);
  });

  test('what the device lacks when it is sent is refused then, too', async () => {
    await flow.told('1', said({ facts: { shows: 'buttons' } }));
    let release: () => void = () => undefined;
    flow.answer = ({ message }) =>
      new Promise((resolve) => (release = () => resolve({ providerMessageId: `provider ${message.id}` })));
    const first = await flow.send('1', TO);
    await flow.reaches(first.id, 'queued');
    const { id } = await ask();
    await flow.told('1', said({ facts: { shows: 'text' } }));
    await flow.called(1);
    release();
    await flow.reaches(id, 'failed');
    expect((await flow.events()).at(-1)?.status).toMatchObject({ id, error: { code: 'unsupported_by_channel' } });
  });

  test('the window may depend on them', async () => {
    await flow.told('1', said({ facts: { surface: 'short' }, opensWindow: 'message' }));
    expect((await flow.events()).at(-1)?.session).toMatchObject({ open: true, expiresAt: expect.any(String) });
    flow.advance(2_000);
    await expect(flow.send('1', TO)).rejects.toMatchObject({ code: 'session_closed' });
  });

  test('attributes stay with the conversation, are told by its events, and are merged', async () => {
    await flow.told('1', said({ attributes: { intent: 'billing', locale: 'de' } }), said());
    await flow.told('1', said({ attributes: { intent: 'orders' } }));
    const { id } = await flow.send('1', TO);
    await flow.reaches(id, 'sent');
    expect((await flow.events()).map(({ attributes }) => attributes)).toEqual([
      { intent: 'billing', locale: 'de' },
      { intent: 'billing', locale: 'de' },
      { intent: 'orders', locale: 'de' },
      { intent: 'orders', locale: 'de' },
    ]);
  });

  test('two who turn out to be one: what is known of either is known, of the one that goes on first', async () => {
    const user = { kind: 'user_id', address: 'US.1' };
    const phone = { kind: 'phone', address: '15550001111' };
    await flow.told('1', said({ attributes: { intent: 'billing', group: 'a' } }));
    await flow.told('1', said({ contact: { identities: [user] }, attributes: { intent: 'orders' } }));
    await flow.told('1', said({ contact: { identities: [user, phone] } }));
    expect((await flow.events()).at(-1)?.attributes).toEqual({ intent: 'orders', group: 'a' });
  });
});
