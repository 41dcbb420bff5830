/** Of whatever is offered in whatever form, no choice is lost. */
import fc from 'fast-check';
import { OUTBOUND_KINDS, type OutboundContent, type ReplyButton } from '../../contract/message.ts';
import type { Channel } from '../../service/src/channels/channel.ts';
import { channels } from '../../service/src/channels/index.ts';
import { degraded } from '../../service/src/core/degrade.ts';

const IMAGE = { type: 'image' as const, link: 'https://a.example/1.jpg' };
const UPLOADED = { type: 'image' as const, mediaId: '7' };
const anything = () => true;

describe('whatever is offered', () => {
  const word = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => text.trim() !== '');
  const choices = fc
    .uniqueArray(fc.tuple(word, word), { minLength: 1, maxLength: 14, selector: ([id]) => id })
    .map((pairs) => pairs.map(([id, title]) => ({ id, title })));
  const header = fc.option(fc.constantFrom(IMAGE, UPLOADED, { type: 'text' as const, text: 'Top' }), {
    nil: undefined,
  });
  const footer = fc.option(word, { nil: undefined });
  /** Contents of one set of choices each. */
  const offers = fc
    .record({ choices, text: word, header, footer, at: fc.nat(5) })
    .map(({ choices: all, text, header: above, footer: below, at }): [ReplyButton[], OutboundContent[]] => {
      const frame = { text, ...(above && { header: above }), ...(below && { footer: below }) };
      const sections = [{ rows: all.slice(0, at) }, { title: 'Rest', rows: all.slice(at) }].filter(
        ({ rows }) => rows[0],
      );
      const cards = all.map((button) => ({ title: button.title, buttons: [button] }));
      return [
        all,
        [
          { type: 'buttons', ...frame, buttons: all },
          { type: 'list', ...frame, buttonTitle: 'Pick', sections },
          { type: 'quick_replies', text, replies: all },
          { type: 'carousel', text, cards },
          { type: 'media_card', media: IMAGE, buttons: all },
        ],
      ];
    });

  function offered(content: OutboundContent): ReplyButton[] {
    const replies = (all: readonly object[]) => all.filter((one): one is ReplyButton => 'id' in one);
    switch (content.type) {
      case 'text':
        return content.choices ?? [];
      case 'list':
        return content.sections.flatMap(({ rows }) => replies(rows));
      case 'quick_replies':
        return replies(content.replies);
      case 'carousel':
        return content.cards.flatMap((card) => ('buttons' in card ? (card.buttons ?? []) : []));
      case 'buttons':
      case 'media_card':
        return replies(content.buttons);
      default:
        return [];
    }
  }
  const named = (all: readonly ReplyButton[]) => all.map(({ id, title }) => ({ id, title }));
  type Taken = (content: OutboundContent) => boolean;
  const taking = (channel: Channel) => (content: OutboundContent) => {
    try {
      channel.check(content, {});
      return true;
    } catch {
      return false;
    }
  };
  const fits = (content: OutboundContent) => !('text' in content) || (content.text ?? '').length < 200;

  test.each<[string, Taken]>([
    ['everything', anything],
    ['short texts', fits],
    ...channels.map((channel): [string, Taken] => [`what ${channel.name} takes`, taking(channel)]),
  ])('no choice is lost, and what comes out is taken: %s', (_name, isTaken) => {
    const kinds = fc.subarray([...OUTBOUND_KINDS]);
    const keeps = fc.property(offers, kinds, ([all, contents], some) => {
      for (const content of contents) {
        const result = degraded(content, some, isTaken);
        if (result === undefined) continue;
        expect(some).toContain(result.type);
        expect(isTaken(result)).toBe(true);
        expect(named(offered(result))).toEqual(named(all));
      }
    });
    fc.assert(keeps, { numRuns: 300 });
  });

  test.each(channels.map((channel) => [channel.name, channel] as const))(
    '%s has a form for every short choice',
    (_name, channel) => {
      const short = (count: number) =>
        Array.from({ length: count }, (_, index) => ({ id: `${index}`, title: `No. ${index}` }));
      const { kinds } = channel.capabilities({});
      for (const count of [1, 3, 4, 10, 11, 13, 14]) {
        const content: OutboundContent = { type: 'buttons', text: 'Which?', buttons: short(count) };
        const result = degraded(content, kinds, taking(channel));
        expect(result && named(offered(result))).toEqual(short(count));
      }
    },
  );

  test('choices are numbered from one, each once, in their order', () => {
    const numbers = fc.property(offers, ([all, contents]) => {
      for (const content of contents) {
        const result = degraded(content, ['text'], anything);
        if (result?.type !== 'text') continue;
        let rest = `${result.text}\n`;
        for (const [index, { title }] of all.entries()) {
          const line = `\n${index + 1}. ${title}\n`;
          expect(rest).toContain(line);
          rest = rest.slice(rest.indexOf(line) + line.length - 1);
        }
      }
    });
    fc.assert(numbers, { numRuns: 100 });
  });
});
