import type { OutboundContent, OutboundKind } from '../../contract/message.ts';
import { degraded } from '../../service/src/core/degrade.ts';
import { idOfSlot } from '../../service/src/core/time-slots.ts';

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
const SLOT = { id: 'v', startsAt: '2026-07-10T17:00:00+02:00', durationMs: 3_600_000 };
const SLOT_ID = idOfSlot(SLOT);
const TIMES: OutboundContent = {
  type: 'time_picker',
  text: 'When?',
  slots: [SLOT],
  timeZone: 'Europe/Berlin',
  venue: { latitude: 1, longitude: 2, title: 'Shop' },
};
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
    [
      'a list of times',
      TIMES,
      ['list', 'text'],
      {
        type: 'list',
        text: 'When?\nShop',
        buttonTitle: '☰',
        sections: [{ rows: [{ id: SLOT_ID, title: 'Fri, Jul 10, 5:00 PM', description: '60 min' }] }],
      },
    ],
    [
      'times to tap',
      TIMES,
      ['quick_replies', 'text'],
      {
        type: 'quick_replies',
        text: 'When?\nShop\nFri, Jul 10, 5:00 PM: 60 min',
        replies: [{ id: SLOT_ID, title: 'Fri, Jul 10, 5:00 PM' }],
      },
    ],
    [
      'times by number',
      TIMES,
      ['text'],
      {
        type: 'text',
        text: 'When?\nShop\n\n1. Fri, Jul 10, 5:00 PM – 60 min',
        choices: [{ id: SLOT_ID, title: 'Fri, Jul 10, 5:00 PM' }],
      },
    ],
    [
      'several picks by number',
      { type: 'list', text: 'Tea?', buttonTitle: 'Pick', sections: [{ multiple: true, rows: BUTTONS }] },
      ['buttons', 'text'],
      { type: 'text', text: 'Tea?\n\n1. Yes\n2. No', choices: BUTTONS, multiple: true },
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
