/** What contacts said by a number and with several files: told by channels, made true in the ledger. */
import type { OutboundContent } from '../../../contract/message.ts';
import type { ChannelEvent, ParsedContent, ParsedEdit, ParsedMessage } from '../../../service/src/channels/channel.ts';
import { SendError, type SendErrorKind } from '../../../service/src/core/errors.ts';
import type { Ledger } from '../../../service/src/store/ledger.ts';
import { eventually } from '../../support/eventually.ts';
import {
  ANA,
  DAY,
  describeFacts,
  echo,
  flow,
  HOUR,
  lastContent,
  nextFact,
  of,
  said,
  sent,
  statusOf,
  tell,
  text,
  TO,
} from './facts-fixture.ts';

const SMALL = { id: 'small', title: 'Small' };
const LARGE = { id: 'large', title: 'Large' };
const MENU: OutboundContent = { type: 'text', text: 'Which?\n1. Small\n2. Large', choices: [SMALL, LARGE] };

const refusal = (kind: SendErrorKind, providerMessageId = 'refused'): ChannelEvent => {
  const error = { kind, code: kind, message: 'No' };
  return {
    type: 'message.status',
    dedupeKey: `refused ${nextFact()}`,
    status: 'failed',
    providerMessageId,
    error,
    raw: {},
  };
};

export function describeSaid(name: string, open: () => Promise<Ledger>): void {
  describeFacts(name, open, () => {
    describeChoices();
    describeFiles();
  });
}

function describeChoices(): void {
  describe('numbered choices', () => {
    beforeEach(() => tell(text('hi')));
    const button = (of: typeof SMALL) => ({
      type: 'button',
      buttonId: of.id,
      text: of.title,
      source: 'message',
    });

    test.each([
      ['2', button(LARGE)],
      ['small!', button(SMALL)],
      ['3', { type: 'text', text: '3' }],
    ])('an answer %j', async (words, content) => {
      await sent(MENU);
      await tell(text(words));
      expect(await lastContent()).toEqual(content);
      const row = await flow.ledger.reader.selectFrom('messages').selectAll().orderBy('id', 'desc').limit(1).execute();
      expect(row).toMatchObject([{ kind: content.type, content: JSON.stringify(content) }]);
    });

    test.each<[string, () => Promise<unknown>, string]>([
      ['another message', () => sent(), 'text'],
      ['what was said elsewhere', () => tell(echo(`e${nextFact()}`, { type: 'text', text: 'Never mind' })), 'text'],
      ['a reaction', () => sent({ type: 'reaction', messageId: 'in 1', emoji: '👍' }), 'button'],
      ['what the contact said', () => tell(text('hm')), 'button'],
    ])('after %s', async (_name, happens, kind) => {
      await sent(MENU);
      await happens();
      await tell(text('2'));
      expect(await lastContent()).toMatchObject({ type: kind });
    });

    test('of a message that is held are open once it is sent', async () => {
      flow.advance(2 * DAY);
      const { id } = await flow.send('1', TO, { content: MENU, ifSessionClosed: 'hold' });
      await tell(text('1'));
      expect(await lastContent()).toMatchObject({ type: 'text' });
      await flow.reaches(id, 'sent');
      await tell(text('1'));
      expect(await lastContent()).toMatchObject({ type: 'button', buttonId: 'small' });
    });

    test('of a message that turned out not to be sent are open only when it is', async () => {
      const { id } = await flow.send('1', TO, { content: MENU, ifSessionClosed: 'hold' });
      await flow.reaches(id, 'sent');
      await tell(refusal('session_closed', `provider ${id}`));
      await flow.reaches(id, 'held');
      flow.answer = () => ({ providerMessageId: 'second try' });
      await tell(text('1'));
      expect(await lastContent()).toMatchObject({ type: 'text' });
      await flow.reaches(id, 'sent');
      await tell(text('1'));
      expect(await lastContent()).toMatchObject({ type: 'button', buttonId: 'small' });
    });

    test('of a message that waits to be sent are not open yet; those that the contact saw are', async () => {
      await sent(MENU);
      flow.answer = () => {
        throw new SendError('unreachable', 'Nobody there');
      };
      const { id: first } = await flow.send('1', TO, { content: { type: 'reaction', messageId: 'in 1', emoji: '👍' } });
      await eventually(async () => (await flow.outcomes(first))[0], 'the first try');
      const other = { type: 'text' as const, text: 'When?\n1. Now', choices: [{ id: 'now', title: 'Now' }] };
      await flow.send('1', TO, { content: other });
      await tell(text('1'));
      expect(await lastContent()).toEqual(button(SMALL));
    });

    test.each<[string, () => Promise<void>]>([
      ['at once', async () => undefined],
      ['later', () => tell(refusal('rejected'))],
    ])('of a message that is refused %s are not open', async (when, happens) => {
      if (when === 'at once') {
        flow.answer = () => {
          throw new SendError('rejected', 'No');
        };
      } else flow.answer = () => ({ providerMessageId: 'refused' });
      const { id } = await flow.send('1', TO, { content: MENU });
      await flow.reaches(id, when === 'at once' ? 'failed' : 'sent');
      await happens();
      await flow.reaches(id, 'failed');
      await tell(text('1'));
      expect(await lastContent()).toEqual({ type: 'text', text: '1' });
    });

    test('answer a workflow that waits', async () => {
      const wait = { url: 'http://waiter.example.com', until: new Date(flow.clock.now() + HOUR).toISOString() };
      const { id } = await flow.send('1', TO, { content: MENU, wait });
      await flow.reaches(id, 'sent');
      await tell(text('Large'));
      expect((await of('message.received')).at(-1)).toMatchObject({
        awaited: true,
        message: { content: { buttonId: 'large' } },
      });
    });
  });
}

function describeFiles(): void {
  describe('several files of one message', () => {
    const album = (): ParsedMessage =>
      said({
        type: 'image',
        caption: 'our holidays',
        media: { providerId: 'file 1', mimeType: 'image/jpeg' },
        more: [
          { type: 'image', media: { providerId: 'file 2' } },
          { type: 'video', media: { providerId: 'file 3', mimeType: 'video/mp4' } },
        ],
      });
    const files = async () =>
      await flow.ledger.reader.selectFrom('media').select(['id', 'providerId']).orderBy('providerId').execute();

    test('have an id each, by which they are fetched', async () => {
      await tell(album());
      const stored = await files();
      expect(stored.map(({ providerId }) => providerId)).toEqual(['file 1', 'file 2', 'file 3']);
      expect(await lastContent()).toEqual({
        type: 'image',
        caption: 'our holidays',
        media: { id: stored[0]?.id, mimeType: 'image/jpeg' },
        more: [
          { type: 'image', media: { id: stored[1]?.id } },
          { type: 'video', media: { id: stored[2]?.id, mimeType: 'video/mp4' } },
        ],
      });
    });

    test('belong to their message, also where the provider names one file for two people', async () => {
      const BEN = { identities: [{ kind: 'phone', address: '15550002222' }] };
      const file = (filename: string) => ({ type: 'document' as const, media: { providerId: 'forwarded', filename } });
      const [one, other] = [said(file('a.pdf')), said(file('b.pdf'), { contact: BEN })];
      await tell(one, other);
      const { providerMessageId } = one;
      await tell({ type: 'message.deleted', dedupeKey: 'gone too', contact: ANA, providerMessageId, raw: {} });
      const [left, ...others] = await flow.ledger.reader.selectFrom('media').select(['id', 'filename']).execute();
      expect(others).toEqual([]);
      expect(left?.filename).toBe('b.pdf');
      expect(await lastContent()).toMatchObject({ media: { id: left?.id, filename: 'b.pdf' } });
    });

    test('are forgotten together, when the contact takes them back and when they are erased', async () => {
      const [one, other] = [album(), said({ type: 'document', media: { providerId: 'kept' } })];
      await tell(one, other);
      const { providerMessageId } = one;
      await tell({ type: 'message.deleted', dedupeKey: 'gone', contact: ANA, providerMessageId, raw: {} });
      expect((await files()).map(({ providerId }) => providerId)).toEqual(['kept']);
      await tell(album());
      const contactId = (await flow.events())[0]?.contact?.id ?? '';
      await flow.eraser.erase(contactId);
      expect(await files()).toEqual([]);
    });
  });

  describe('what overtakes its message', () => {
    const words = (text: string): ParsedContent => ({ type: 'text', text });
    const editOf = ({ providerMessageId }: ParsedMessage, content: ParsedContent, change: Partial<ParsedEdit> = {}) =>
      ({
        type: 'message.edited',
        dedupeKey: `edit ${nextFact()}`,
        contact: ANA,
        providerMessageId,
        content,
        raw: {},
        ...change,
      }) as const;
    const deletionOf = ({ providerMessageId }: Pick<ParsedMessage, 'providerMessageId'>, change = {}) =>
      ({
        type: 'message.deleted',
        dedupeKey: `gone ${nextFact()}`,
        contact: ANA,
        providerMessageId,
        raw: {},
        ...change,
      }) as const;
    const kept = async () =>
      (await flow.ledger.reader.selectFrom('messages').select(['content', 'direction']).execute()).map(
        ({ content, direction }) => ({ direction, content: JSON.parse(content) as unknown }),
      );
    const TAKEN_BACK = { type: 'unsupported', reason: 'deleted by the contact' };
    const OWN_TAKEN_BACK = { type: 'unsupported', reason: 'deleted by the business' };

    test('a message that was taken back before it came is neither told nor kept', async () => {
      const late = text('a secret', {
        content: { type: 'image', caption: 'a secret', media: { providerId: 'file 9' } },
      });
      await tell(deletionOf(late));
      await tell(late);
      await tell(late);
      expect(await of('message.received')).toEqual([]);
      expect(await of('message.deleted')).toHaveLength(1);
      expect(await kept()).toEqual([{ direction: 'inbound', content: TAKEN_BACK }]);
      expect(await flow.ledger.reader.selectFrom('media').selectAll().execute()).toEqual([]);
    });

    test('the window opens by it all the same', async () => {
      const late = text('hello');
      await tell(deletionOf(late), late);
      await sent();
    });

    test('an edit that comes first keeps the file that its message has as well', async () => {
      const file = { type: 'image' as const, media: { providerId: 'file 9' } };
      const late = said({ ...file, caption: 'old words' });
      await tell(editOf(late, { ...file, caption: 'new words' }), late);
      const stored = await flow.ledger.reader.selectFrom('media').select('id').execute();
      expect(stored).toHaveLength(1);
      expect(await lastContent()).toMatchObject({ caption: 'new words', media: { id: stored[0]?.id } });
    });

    test('an edit that comes first gives its message the new words, under the same id', async () => {
      const late = text('old words');
      await tell(editOf(late, words('new words')));
      await tell(late);
      await tell(late);
      const [edited] = await of('message.edited');
      const arrivals = await of('message.received');
      expect(arrivals.map(({ message }) => message)).toMatchObject([
        { id: edited?.message?.id, content: words('new words'), providerMessageId: late.providerMessageId },
      ]);
      expect(await kept()).toEqual([{ direction: 'inbound', content: words('new words') }]);
    });

    test.each([
      ['edit, deletion, message', ['edit', 'deletion', 'message']],
      ['deletion, edit, message', ['deletion', 'edit', 'message']],
      ['deletion, message, edit', ['deletion', 'message', 'edit']],
    ])('taken back stays taken back: %s', async (_name, order) => {
      const message = text('old words', { at: flow.clock.now() - 3_000 });
      const facts: Record<string, ChannelEvent> = {
        message,
        edit: editOf(message, words('new words'), { at: flow.clock.now() - 2_000 }),
        deletion: deletionOf(message, { at: flow.clock.now() - 1_000 }),
      };
      for (const fact of order) await tell(facts[fact] as ChannelEvent);
      expect(await of('message.received')).toEqual([]);
      expect(await kept()).toEqual([{ direction: 'inbound', content: TAKEN_BACK }]);
    });

    test('what the business took back before its echo came is not told', async () => {
      await tell(deletionOf({ providerMessageId: 'own 1' }, { isOwn: true }));
      await tell(echo('own 1', words('a mistake')));
      expect(await of('message.echo')).toEqual([]);
      expect(await kept()).toEqual([{ direction: 'outbound', content: OWN_TAKEN_BACK }]);
    });

    test('an edit of what was taken back is told without its words', async () => {
      const message = text('old words', { at: flow.clock.now() - 3_000 });
      await tell(message, deletionOf(message), editOf(message, words('new words')));
      expect((await of('message.edited')).map((event) => event.message?.content)).toEqual([TAKEN_BACK]);
      const rows = await flow.ledger.reader.selectFrom('events').select(['payload', 'raw']).execute();
      expect(JSON.stringify(rows)).not.toContain('words');
    });

    const own = { isOwn: true } as const;
    const ownEdit = (id: string, content: ParsedContent, change: Partial<ParsedEdit> = {}) =>
      editOf({ providerMessageId: id } as ParsedMessage, content, { ...own, ...change });
    const echoes = async () => (await of('message.echo')).map((event) => event.echo);

    test('what the business changes elsewhere is its message from then on, and no word of the contact', async () => {
      await tell(echo('own 2', words('old words')), ownEdit('own 2', words('STOP')));
      expect(await echoes()).toMatchObject([
        { providerMessageId: 'own 2', content: words('old words') },
        { providerMessageId: 'own 2', content: words('STOP'), edited: true },
      ]);
      expect(await of('message.edited')).toEqual([]);
      expect(await kept()).toEqual([{ direction: 'outbound', content: words('STOP') }]);
    });

    test('edits of the business overtake each other and the statuses of their message', async () => {
      const at = (seconds: number) => ({ at: flow.clock.now() - 10_000 + seconds * 1_000 });
      await tell(echo('own 3', words('one'), at(0)));
      await tell(ownEdit('own 3', words('three'), at(2)), ownEdit('own 3', words('two'), at(1)));
      expect(await kept()).toEqual([{ direction: 'outbound', content: words('three') }]);
      const read = { type: 'message.status', status: 'read', providerMessageId: 'own 3', ...at(5) } as const;
      await tell({ ...read, dedupeKey: 'read', raw: {} }, ownEdit('own 3', words('four'), at(4)));
      expect(await kept()).toEqual([{ direction: 'outbound', content: words('four') }]);
    });

    test('an edit of the business that comes first gives its echo the new words, and the echo does all else', async () => {
      const late = echo('own 4', words('old words'), { owner: 'human' });
      await tell(ownEdit('own 4', words('new words')), late, late);
      expect(await echoes()).toMatchObject([
        { content: words('new words'), edited: true },
        { content: words('new words') },
      ]);
      expect((await of('conversation.control')).map(({ owner }) => owner)).toEqual(['human']);
      expect(await kept()).toEqual([{ direction: 'outbound', content: words('new words') }]);
    });

    test('a person who took back what they wrote elsewhere has the conversation all the same', async () => {
      await tell(deletionOf({ providerMessageId: 'own 5' }, own), echo('own 5', words('oh'), { owner: 'human' }));
      expect(await of('message.echo')).toEqual([]);
      expect((await of('conversation.control')).map(({ owner }) => owner)).toEqual(['human']);
    });

    test.each([
      ['echo, edit, deletion', ['echo', 'edit', 'deletion']],
      ['edit, echo, deletion', ['edit', 'echo', 'deletion']],
      ['edit, deletion, echo', ['edit', 'deletion', 'echo']],
      ['deletion, echo, edit', ['deletion', 'echo', 'edit']],
      ['deletion, edit, echo', ['deletion', 'edit', 'echo']],
    ])('what the business took back is forgotten with its files: %s', async (_name, order) => {
      const image = (caption: string, providerId: string) => ({
        ...{ type: 'image' as const, caption },
        media: { providerId, filename: `${caption}.png` },
      });
      const at = (seconds: number) => ({ at: flow.clock.now() - 10_000 + seconds * 1_000 });
      const facts: Record<string, ChannelEvent> = {
        echo: echo('own 6', image('secret one', 'file 1'), { raw: { caption: 'secret one' }, ...at(0) }),
        edit: ownEdit('own 6', image('secret two', 'file 2'), { raw: { caption: 'secret two' }, ...at(1) }),
        deletion: deletionOf({ providerMessageId: 'own 6' }, { ...own, ...at(2) }),
      };
      for (const fact of order) await tell(facts[fact] as ChannelEvent);
      expect(await kept()).toEqual([{ direction: 'outbound', content: OWN_TAKEN_BACK }]);
      expect(await flow.ledger.reader.selectFrom('media').selectAll().execute()).toEqual([]);
      const rows = await flow.ledger.reader.selectFrom('events').select(['payload', 'raw']).execute();
      expect(JSON.stringify(rows)).not.toContain('secret');
      expect((await of('message.deleted')).map(({ data }) => data)).toMatchObject([own]);
    });

    test('what Parley sent is changed and taken back elsewhere as well, and its status goes on', async () => {
      await tell(text('hi'));
      const id = await sent();
      const providerMessageId = `provider ${id}`;
      await tell(ownEdit(providerMessageId, words('new words')));
      expect((await kept())[1]).toEqual({ direction: 'outbound', content: words('new words') });
      await tell(deletionOf({ providerMessageId }, own));
      expect((await kept())[1]).toEqual({ direction: 'outbound', content: OWN_TAKEN_BACK });
      expect(await statusOf(id)).toBe('sent');
      const status = {
        type: 'message.status',
        status: 'read',
        providerMessageId,
        dedupeKey: 'read 2',
        raw: {},
      } as const;
      await tell(status);
      expect(await statusOf(id)).toBe('read');
    });

    test('the business takes back nothing that a contact said, nor a contact what the business said', async () => {
      const message = text('mine');
      await tell(message, echo('own 7', words('ours')));
      await tell(
        deletionOf(message, own),
        deletionOf({ providerMessageId: 'own 7' }),
        ownEdit(message.providerMessageId, words('no')),
      );
      expect((await kept()).map(({ content }) => content)).toEqual([words('mine'), words('ours')]);
    });

    test('an echo tells what it quotes', async () => {
      const message = text('a question');
      await tell(message);
      const context = { replyToProviderId: message.providerMessageId };
      await tell(echo('own 8', words('an answer'), { context }));
      const [received] = await of('message.received');
      expect(await echoes()).toMatchObject([{ context, replyTo: received?.message?.id }]);
    });
  });
}
