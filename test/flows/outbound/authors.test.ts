/** Who wrote a message: what callers say of it, what channels are told, and what is shown of it afterwards. */
import type { SendMessage } from '../../../contract/api.ts';
import type { Author } from '../../../contract/message.ts';
import { viewMessage } from '../../../service/src/outbound/message-view.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import * as messages from '../../../service/src/store/message.store.ts';
import { OutboundFixture } from '../../outbound/fixture.ts';
import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { tempLedgers } from '../../support/temp-ledger.ts';

const TO = '+15550001111';
const ANA: Author = { type: 'agent', id: 'a1', name: 'Ana', desk: 'front' };

const ledgers: [string, () => Promise<Ledger>][] = [
  ['sqlite', tempLedgers()],
  ['postgres', postgresLedgers().open],
];

describe.each(ledgers)('on %s', (_name, open) => {
  let flow: OutboundFixture;
  beforeEach(async () => {
    flow = await new OutboundFixture(await open()).start();
    await flow.account('1');
  });
  afterEach(() => flow.stop());

  const shown = async (id: string) => {
    const row = await messages.find(flow.ledger.reader, id);
    return row && viewMessage(row).author;
  };

  test.each<[string, SendMessage['author'], Author]>([
    ['nothing', undefined, { type: 'bot' }],
    ['a program', 'bot', { type: 'bot' }],
    ['a program, at length', { type: 'bot' }, { type: 'bot' }],
    ['a person', 'human', { type: 'agent', id: 'human' }],
    ['which person', ANA, ANA],
  ])('a caller who says %s', async (_what, author, expected) => {
    const { id } = await flow.send('1', TO, author === undefined ? {} : { author });
    await flow.reaches(id, 'sent');
    expect(flow.calls[0]?.message.author).toEqual(expected);
    expect(await shown(id)).toEqual(expected);
  });

  test('what somebody else sent has no author', async () => {
    const contact = { identities: [{ kind: 'phone', address: '15550001111' }] };
    const about = { providerMessageId: 'p', dedupeKey: 'message:p', contact, raw: {} };
    await flow.told('1', { type: 'message.echo', ...about, content: { type: 'text', text: 'from the phone' } });
    expect(await shown((await messages.findByProviderId(flow.ledger.reader, await accountId(), 'p'))?.id ?? '')).toBe(
      undefined,
    );
  });

  const accountId = async () =>
    (await flow.ledger.reader.selectFrom('accounts').select('id').executeTakeFirstOrThrow()).id;
});
