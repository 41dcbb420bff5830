/** What each channel refuses before anything is called, by the field at fault. */
import type { OutboundContent } from '../../../contract/message.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { ParleyError } from '../../../service/src/core/errors.ts';
import { caught } from '../../conformance/probes.ts';

const PAGE = messenger.settings.parse({ pageId: '1', pageAccessToken: 'EAAtoken' });
const ACCOUNT = instagram.settings.parse({ loginType: 'instagram', igUserId: '1', accessToken: 'IGAAtoken' });
const onMessenger = (content: unknown) => caught(() => messenger.check(content as OutboundContent, PAGE));
const onInstagram = (content: unknown) => caught(() => instagram.check(content as OutboundContent, ACCOUNT));

const fieldsOf = (error: unknown): string[] =>
  error instanceof ParleyError ? (error.extra.errors as { field: string }[]).map(({ field }) => field) : [];

const long = (length: number): string => 'x'.repeat(length);
const BUTTON = { id: 'a', title: 'A' };
const CARD = { title: 'Mug', body: 'Blue' };
const RECEIPT = {
  recipient_name: 'Ana',
  order_number: '1',
  currency: 'EUR',
  payment_method: 'Visa',
  summary: { total_cost: 1 },
};

const ON_BOTH: [string, unknown, string][] = [
  ['an empty text', { type: 'text', text: '' }, 'text'],
  ['a text that is none', { type: 'text', text: 5 }, 'text'],
  ['a picture with a caption', { type: 'image', link: 'https://e.com/a.png', caption: 'x' }, 'caption'],
  ['a picture by http', { type: 'image', link: 'http://e.com/a.png' }, 'link'],
  ['a picture given twice', { type: 'image', link: 'https://e.com/a.png', mediaId: '7' }, 'mediaId'],
  ['a document with a caption', { type: 'document', mediaId: '7', caption: 'x' }, 'caption'],
  ['no button', { type: 'buttons', text: 'x', buttons: [] }, 'buttons'],
  [
    'four buttons',
    { type: 'buttons', text: 'x', buttons: [1, 2, 3, 4].map((n) => ({ id: `${n}`, title: 't' })) },
    'buttons',
  ],
  ['a long question', { type: 'buttons', text: long(641), buttons: [BUTTON] }, 'text'],
  ['a long title', { type: 'buttons', text: 'x', buttons: [{ id: 'a', title: long(21) }] }, 'buttons[0].title'],
  ['a long payload', { type: 'buttons', text: 'x', buttons: [{ id: long(1001), title: 'A' }] }, 'buttons[0].id'],
  ['one id twice', { type: 'buttons', text: 'x', buttons: [BUTTON, { id: 'a', title: 'B' }] }, 'buttons[].id'],
  ['a footer', { type: 'buttons', text: 'x', footer: 'y', buttons: [BUTTON] }, 'footer'],
  [
    'a header',
    { type: 'link', text: 'x', header: { type: 'text', text: 'y' }, title: 't', url: 'https://e.com' },
    'header',
  ],
  ['a link that is none', { type: 'link', text: 'x', title: 't', url: 'e.com' }, 'url'],
  ['a dangerous link', { type: 'link', text: 'x', title: 't', url: 'javascript:alert(1)' }, 'url'],
  ['no quick reply', { type: 'quick_replies', text: 'x', replies: [] }, 'replies'],
  [
    'fourteen quick replies',
    { type: 'quick_replies', text: 'x', replies: Array.from({ length: 14 }, (_, n) => ({ id: `${n}`, title: 't' })) },
    'replies',
  ],
  [
    'a long quick reply',
    { type: 'quick_replies', text: 'x', replies: [{ id: 'a', title: long(21) }] },
    'replies[0].title',
  ],
  ['a quick reply that is none', { type: 'quick_replies', text: 'x', replies: ['a'] }, 'replies[0]'],
  ['an unknown question', { type: 'quick_replies', text: 'x', replies: [{ ask: 'age' }] }, 'replies[0].ask'],
  ['no card', { type: 'carousel', cards: [] }, 'cards'],
  ['eleven cards', { type: 'carousel', cards: Array.from({ length: 11 }, () => CARD) }, 'cards'],
  ['a card without title', { type: 'carousel', cards: [{ body: 'x' }] }, 'cards[0].title'],
  ['a card with a title alone', { type: 'carousel', cards: [CARD, { title: 'x' }] }, 'cards[1].body'],
  ['a long subtitle', { type: 'carousel', cards: [{ title: 'x', body: long(81) }] }, 'cards[0].body'],
  [
    'a card with an uploaded picture',
    { type: 'carousel', cards: [{ title: 'x', header: { type: 'image', mediaId: '7' } }] },
    'cards[0].header',
  ],
  [
    'a card with a video',
    { type: 'carousel', cards: [{ title: 'x', header: { type: 'video', link: 'https://e.com' } }] },
    'cards[0].header',
  ],
  [
    'a card with four buttons',
    {
      type: 'carousel',
      cards: [{ title: 'x', link: { title: 'L', url: 'https://e.com' }, buttons: [BUTTON, BUTTON, BUTTON] }],
    },
    'cards[0].buttons',
  ],
  ['cards and products', { type: 'carousel', cards: [CARD, { productId: '9' }] }, 'cards'],
  ['a text above cards', { type: 'carousel', text: 'x', cards: [CARD] }, 'text'],
  ['a text with a product', { type: 'product', text: 'x', productId: '9' }, 'text'],
  [
    'eleven products',
    { type: 'products', sections: [{ title: 'A', productIds: Array.from({ length: 11 }, String) }] },
    'sections[].productIds',
  ],
  ['a body that is none', { type: 'native', body: 'x' }, 'body'],
  ['a body without message', { type: 'native', body: { text: 'x' } }, 'body.message'],
  [
    'a body with its own recipient',
    { type: 'native', body: { message: { text: 'x' }, recipient: { id: '1' } } },
    'body.recipient',
  ],
  [
    'a body with an action',
    { type: 'native', body: { message: { text: 'x' }, sender_action: 'typing_on' } },
    'body.sender_action',
  ],
  [
    'a body with a retired tag',
    { type: 'native', body: { message: { text: 'x' }, tag: 'ACCOUNT_UPDATE' } },
    'body.tag',
  ],
];

describe.each([
  ['messenger', onMessenger],
  ['instagram', onInstagram],
] as const)('%s refuses', (_name, check) => {
  test.each(ON_BOTH)('%s', (_what, content, field) => {
    const error = check(content);
    expect(error).toMatchObject({ status: 400, code: 'invalid_content' });
    expect(fieldsOf(error)).toContain(field);
  });
});

const ON_MESSENGER: [string, unknown, string][] = [
  ['a text of 2000 characters', { type: 'text', text: long(2000) }, 'text'],
  [
    'quick replies with text and file',
    { type: 'quick_replies', text: 'x', media: { type: 'image', mediaId: '7' }, replies: [BUTTON] },
    'text',
  ],
  [
    'quick replies under a sticker',
    { type: 'quick_replies', media: { type: 'sticker', mediaId: '7' }, replies: [BUTTON] },
    'media.type',
  ],
  [
    'a media card of a foreign page',
    { type: 'media_card', media: { type: 'image', link: 'https://facebook.com.evil.example/1' }, buttons: [] },
    'media.link',
  ],
  [
    'a media card of a sound',
    { type: 'media_card', media: { type: 'audio', mediaId: '7' }, buttons: [] },
    'media.type',
  ],
  [
    'a button that calls nobody',
    { type: 'media_card', media: { type: 'image', mediaId: '7' }, buttons: [{ title: 'C', phone: '555' }] },
    'buttons[0].phone',
  ],
  ['a coupon with neither code nor link', { type: 'coupon', title: 'x' }, 'code'],
  ['a receipt without currency', { type: 'receipt', receipt: { ...RECEIPT, currency: undefined } }, 'receipt.currency'],
  ['a receipt without total', { type: 'receipt', receipt: { ...RECEIPT, summary: {} } }, 'receipt.summary.total_cost'],
  [
    'a receipt of 101 things',
    { type: 'receipt', receipt: { ...RECEIPT, elements: Array.from({ length: 101 }, () => ({})) } },
    'receipt.elements',
  ],
  ['a template with cards', { type: 'template', name: 'a', language: 'en', cards: [] }, 'cards'],
  [
    'a template with a video',
    { type: 'template', name: 'a', language: 'en', header: { type: 'video', mediaId: '7' } },
    'header.type',
  ],
  [
    'a template with a form',
    { type: 'template', name: 'a', language: 'en', buttons: [{ type: 'form', index: 0 }] },
    'buttons[0].type',
  ],
  [
    'a template with an amount',
    { type: 'template', name: 'a', language: 'en', body: [{ type: 'currency', text: '1' }] },
    'body[0].type',
  ],
];

test.each(ON_MESSENGER)('messenger refuses %s', (_what, content, field) => {
  expect(fieldsOf(onMessenger(content))).toContain(field);
});

const ON_INSTAGRAM: [string, unknown, string][] = [
  ['1001 bytes', { type: 'text', text: long(1001) }, 'text'],
  ['334 characters of three bytes', { type: 'text', text: '€'.repeat(334) }, 'text'],
  ['251 emoji of four bytes', { type: 'text', text: '👋'.repeat(251) }, 'text'],
  [
    'quick replies under a file',
    { type: 'quick_replies', media: { type: 'image', mediaId: '7' }, replies: [BUTTON] },
    'media',
  ],
  [
    'a quick reply with a picture',
    { type: 'quick_replies', text: 'x', replies: [{ ...BUTTON, imageUrl: 'https://e.com/a' }] },
    'replies[0].imageUrl',
  ],
  ['the question for an address', { type: 'quick_replies', text: 'x', replies: [{ ask: 'email' }] }, 'replies[0].ask'],
  ['an unknown sticker', { type: 'sticker', name: 'thumb' }, 'name'],
  ['a sticker by file', { type: 'sticker', mediaId: '7' }, 'name'],
  ['another reaction', { type: 'reaction', messageId: 'a', emoji: '👍' }, 'emoji'],
  ['a reaction to nothing', { type: 'reaction', messageId: '', emoji: '❤️' }, 'messageId'],
];

test.each(ON_INSTAGRAM)('instagram refuses %s', (_what, content, field) => {
  expect(fieldsOf(onInstagram(content))).toContain(field);
});

test.each([
  ['messenger', onMessenger, { type: 'text', text: long(1999) }],
  ['instagram', onInstagram, { type: 'text', text: long(1000) }],
  ['instagram', onInstagram, { type: 'text', text: '👋'.repeat(250) }],
] as const)('%s takes what is just within', (_name, check, content) => {
  expect(check(content)).toBeUndefined();
});

test('every finding is told at once', () => {
  const error = onMessenger({ type: 'buttons', text: '', footer: 'x', buttons: [{ id: '', title: '' }] });
  expect(fieldsOf(error)).toEqual(['text', 'footer', 'buttons[0].id', 'buttons[0].title']);
});
