import fc from 'fast-check';
import { OUTBOUND_KINDS, type OutboundContent, type OutboundKind, type ReplyButton } from '../../contract/message.ts';
import type { Channel } from '../../service/src/channels/channel.ts';
import { channels } from '../../service/src/channels/index.ts';
import { degraded } from '../../service/src/core/degrade.ts';

const BUTTONS = [
  { id: 'y', title: 'Yes' },
  { id: 'n', title: 'No' },
];
const IMAGE = { type: 'image' as const, link: 'https://a.example/1.jpg' };
const UPLOADED = { type: 'image' as const, mediaId: '7' };
const SECTIONS = [
  { title: 'Hot', rows: [{ id: 'tea', title: 'Tea', description: 'green' }] },
  { rows: [{ id: 'ice', title: 'Ice tea' }] },
];
const anything = () => true;
/** Takes no header, no footer and nothing above a file. */
const bare = (content: OutboundContent) => !('header' in content || 'footer' in content || 'caption' in content);

describe('becomes', () => {
  test.each<[string, OutboundContent, OutboundKind[], OutboundContent]>([
    ['itself, where it is taken', { type: 'text', text: 'a' }, ['text'], { type: 'text', text: 'a' }],
    [
      'buttons with all words in the text',
      { type: 'buttons', text: 'Tea?', header: { type: 'text', text: 'Ask' }, footer: 'end', buttons: BUTTONS },
      ['buttons', 'text'],
      { type: 'buttons', text: 'Ask\nTea?\nend', buttons: BUTTONS },
    ],
    [
      'quick replies',
      { type: 'buttons', text: 'Tea?', footer: 'end', buttons: BUTTONS },
      ['quick_replies', 'text'],
      { type: 'quick_replies', text: 'Tea?\nend', replies: BUTTONS },
    ],
    [
      'quick replies below a file',
      { type: 'buttons', text: 'Tea?', header: UPLOADED, buttons: BUTTONS },
      ['quick_replies', 'text'],
      { type: 'quick_replies', text: 'Tea?', media: UPLOADED, replies: BUTTONS },
    ],
    [
      'a list',
      { type: 'buttons', text: 'Tea?', buttons: BUTTONS },
      ['list', 'text'],
      { type: 'list', text: 'Tea?', buttonTitle: '☰', sections: [{ rows: BUTTONS }] },
    ],
    [
      'numbered text',
      { type: 'buttons', text: 'Tea?', header: IMAGE, footer: 'end', buttons: BUTTONS },
      ['text'],
      { type: 'text', text: 'https://a.example/1.jpg\nTea?\nend\n\n1. Yes\n2. No', choices: BUTTONS },
    ],
    [
      'quick replies that say what the rows said',
      { type: 'list', text: 'Tea?', buttonTitle: 'Pick', sections: SECTIONS },
      ['quick_replies', 'text'],
      {
        type: 'quick_replies',
        text: 'Tea?\nTea: green',
        replies: [
          { id: 'tea', title: 'Tea' },
          { id: 'ice', title: 'Ice tea' },
        ],
      },
    ],
    [
      'numbered text with the headings of the list',
      { type: 'list', text: 'Tea?', footer: 'end', buttonTitle: 'Pick', sections: SECTIONS },
      ['text'],
      {
        type: 'text',
        text: 'Tea?\nend\n\nHot\n1. Tea – green\n2. Ice tea',
        choices: [
          { id: 'tea', title: 'Tea' },
          { id: 'ice', title: 'Ice tea' },
        ],
      },
    ],
    [
      'buttons below a file',
      { type: 'quick_replies', text: 'Tea?', media: IMAGE, replies: BUTTONS },
      ['buttons', 'text'],
      { type: 'buttons', text: 'Tea?', header: IMAGE, buttons: BUTTONS },
    ],
    [
      'buttons below a link',
      { type: 'quick_replies', media: { type: 'audio', link: 'https://a.example/1.mp3' }, replies: BUTTONS },
      ['buttons', 'text'],
      { type: 'buttons', text: 'https://a.example/1.mp3', buttons: BUTTONS },
    ],
    [
      'a question that is answered by typing',
      { type: 'quick_replies', text: 'Your number?', replies: [{ ask: 'phone' }] },
      ['buttons', 'text'],
      { type: 'text', text: 'Your number?' },
    ],
    [
      'text with the address of the link',
      { type: 'link', text: 'Look', footer: 'end', title: 'Shop', url: 'https://a.example' },
      ['text'],
      { type: 'text', text: 'Look\nend\nShop: https://a.example' },
    ],
    [
      'text with a map',
      { type: 'location', latitude: 1.5, longitude: -2, name: 'Shop', address: 'Road 1' },
      ['text'],
      { type: 'text', text: 'Shop\nRoad 1\nhttps://maps.google.com/?q=1.5,-2' },
    ],
    [
      'text with numbers',
      {
        type: 'contacts',
        contacts: [
          { name: { formatted: 'Ana' }, phones: [{ phone: '+1' }], emails: [{ email: 'a@b' }] },
          {
            name: { formatted: 'Ben' },
            org: { company: 'Tea Ltd', title: 'Cook' },
            addresses: [{ street: 'Way 1', city: 'Ham', zip: '20' }],
            urls: [{ url: 'https://b.example' }],
            birthday: '1990-01-02',
          },
        ],
      },
      ['text'],
      {
        type: 'text',
        text: 'Ana\n+1\na@b\nBen\nCook, Tea Ltd\nWay 1, 20, Ham\nhttps://b.example\n1990-01-02',
      },
    ],
    [
      'text with a link to the file',
      { ...IMAGE, caption: 'see' },
      ['text'],
      { type: 'text', text: `see\n${IMAGE.link}` },
    ],
    ['a link', { type: 'sticker', link: IMAGE.link }, ['text'], { type: 'text', text: IMAGE.link }],
    [
      'the text of all cards, their buttons numbered through',
      {
        type: 'carousel',
        text: 'New',
        cards: [
          {
            header: IMAGE,
            title: 'One',
            body: 'first',
            url: 'https://a.example/1',
            buttons: [{ id: '1', title: 'Buy' }],
          },
          {
            header: IMAGE,
            link: { title: 'More', url: 'https://a.example/2' },
            buttons: [{ id: '2', title: 'Buy 2' }],
          },
        ],
      },
      ['text'],
      {
        type: 'text',
        text: `New\n\nOne\nfirst\nhttps://a.example/1\n1. Buy\n\n${IMAGE.link}\nMore: https://a.example/2\n2. Buy 2`,
        choices: [
          { id: '1', title: 'Buy' },
          { id: '2', title: 'Buy 2' },
        ],
      },
    ],
    [
      'text with everything that the card offers',
      {
        type: 'media_card',
        media: IMAGE,
        buttons: [
          { id: 'y', title: 'Yes' },
          { title: 'Shop', url: 'https://a.example' },
          { title: 'Call', phone: '+1' },
        ],
      },
      ['text'],
      {
        type: 'text',
        text: `${IMAGE.link}\nShop: https://a.example\nCall: +1\n\n1. Yes`,
        choices: [{ id: 'y', title: 'Yes' }],
      },
    ],
    [
      'text with the code',
      { type: 'coupon', text: 'For you', title: '10 %', subtitle: 'today', code: 'TEN', url: 'https://a.example' },
      ['text'],
      { type: 'text', text: 'For you\n10 %\ntoday\nTEN\nhttps://a.example' },
    ],
    [
      'text with what the products are called',
      { type: 'products', text: 'Look', header: 'New', sections: [{ title: 'Hats', productIds: ['h1', 'h2'] }] },
      ['text'],
      { type: 'text', text: 'New\nLook\nHats\nh1\nh2' },
    ],
  ])('%s', (_name, content, kinds, expected) => {
    const isTaken = kinds.includes(content.type) && content.type !== 'text' ? bare : anything;
    expect(degraded(content, kinds, isTaken)).toEqual(expected);
  });

  test('the nearest that takes its titles, rather than a cut one', () => {
    const isTaken = (one: OutboundContent) => one.type !== 'quick_replies' || one.text === 'short';
    const content: OutboundContent = { type: 'buttons', text: 'long', buttons: BUTTONS };
    expect(degraded(content, ['quick_replies', 'text'], isTaken)?.type).toBe('text');
  });
});

describe('becomes nothing else:', () => {
  test.each<[string, OutboundContent]>([
    ['a reaction', { type: 'reaction', messageId: 'm', emoji: '👍' }],
    ['a template', { type: 'template', name: 'a', language: 'en' }],
    ["a provider's own body", { type: 'native', body: { text: 'a' } }],
    ['a form', { type: 'form', text: 'a', formId: '1', buttonTitle: 'b' }],
    ['a payment', { type: 'payment_request', text: 'a', payment: {} }],
    ['a file that was uploaded', { ...UPLOADED, caption: 'see' }],
    ['buttons below a file that was uploaded', { type: 'buttons', text: 'a', header: UPLOADED, buttons: BUTTONS }],
    ['a card with a file that was uploaded', { type: 'media_card', media: UPLOADED, buttons: BUTTONS }],
    ['a card that is only a file that was uploaded', { type: 'carousel', cards: [{ header: UPLOADED }] }],
    ["the provider's own sticker", { type: 'sticker', name: 'heart' }],
  ])('%s', (_name, content) => {
    expect(degraded(content, ['text', 'buttons'], (one) => one.type !== content.type)).toBeUndefined();
  });
});

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
      const { kinds } = channel.capabilities;
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
