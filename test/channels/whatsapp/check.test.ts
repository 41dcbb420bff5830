import type { CarouselCard, ContactCard, OutboundContent } from '../../../contract/message.ts';
import { ParleyError } from '../../../service/src/core/errors.ts';
import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { SETTINGS } from './support.ts';

const of = (length: number): string => 'x'.repeat(length);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const replies = (count: number) => times(count, (i) => ({ id: `id${i}`, title: `T${i}` }));
const rows = (count: number, from = 0) => times(count, (i) => ({ id: `r${from + i}`, title: 'R' }));
const name = (parts: Partial<ContactCard['name']> = { first: 'A' }): ContactCard => ({
  name: { formatted: 'A', ...parts },
});
const buttons = (change: object): OutboundContent => ({ type: 'buttons', text: 't', buttons: replies(1), ...change });
const list = (change: object): OutboundContent => ({
  type: 'list',
  text: 't',
  buttonTitle: 'B',
  sections: [{ rows: rows(1) }],
  ...change,
});
const link = (change: object): OutboundContent => ({
  type: 'link',
  text: 't',
  title: 'T',
  url: 'https://e.com',
  ...change,
});
const form = (change: object): OutboundContent => ({
  type: 'form',
  text: 't',
  formId: '1',
  buttonTitle: 'B',
  ...change,
});
const products = (change: object): OutboundContent => ({
  type: 'products',
  text: 't',
  header: 'H',
  catalogId: '1',
  sections: [{ title: 'S', productIds: ['a'] }],
  ...change,
});
const template = (change: object): OutboundContent => ({ type: 'template', name: 'promo', language: 'en', ...change });
const card = (change: object = {}): CarouselCard => ({
  header: { type: 'image', link: 'https://e.com/a.jpg' },
  link: { title: 'T', url: 'https://e.com' },
  ...change,
});
const carousel = (...cards: CarouselCard[]): OutboundContent => ({ type: 'carousel', text: 't', cards });

type Limit = [name: string, field: string, given: string, bad: OutboundContent, good?: OutboundContent];

const LIMITS: Limit[] = [
  ['text length', 'text', '4097', { type: 'text', text: of(4097) }, { type: 'text', text: '👍'.repeat(4096) }],
  [
    'caption',
    'caption',
    '1025',
    { type: 'image', mediaId: '1', caption: of(1025) },
    { type: 'image', mediaId: '1', caption: of(1024) },
  ],
  ['two sources', 'mediaId', '2', { type: 'video', mediaId: '1', link: 'https://e.com' }],
  ['no source', 'mediaId', '0', { type: 'sticker' }],
  ['plain http link', 'link', 'https', { type: 'audio', link: 'http://e.com/a.ogg' }],
  ['filename', 'filename', '241', { type: 'document', mediaId: '1', filename: of(241) }],
  [
    'latitude',
    'latitude',
    '91',
    { type: 'location', latitude: 91, longitude: 0 },
    { type: 'location', latitude: 90, longitude: 0 },
  ],
  ['longitude', 'longitude', '-181', { type: 'location', latitude: 0, longitude: -181 }],
  [
    'number of contacts',
    'contacts',
    '258',
    { type: 'contacts', contacts: times(258, () => name()) },
    { type: 'contacts', contacts: times(257, () => name()) },
  ],
  ['a name of one part', 'contacts[0].name', 'first', { type: 'contacts', contacts: [name({})] }],
  ['birthday', 'contacts[0].birthday', 'YYYY', { type: 'contacts', contacts: [{ ...name(), birthday: '2.1.1990' }] }],
  ['two emoji', 'emoji', 'one emoji', { type: 'reaction', messageId: 'w', emoji: '👍👍' }],
  ['number of buttons', 'buttons', '4', buttons({ buttons: replies(4) }), buttons({ buttons: replies(3) })],
  [
    'button id',
    'buttons[0].id',
    '257',
    buttons({ buttons: [{ id: of(257), title: 'T' }] }),
    buttons({ buttons: [{ id: of(256), title: 'T' }] }),
  ],
  [
    'button title',
    'buttons[0].title',
    '21',
    buttons({ buttons: [{ id: 'a', title: of(21) }] }),
    buttons({ buttons: [{ id: 'a', title: of(20) }] }),
  ],
  [
    'equal titles',
    'buttons[].title',
    'unique',
    buttons({
      buttons: [
        { id: 'a', title: 'T' },
        { id: 'b', title: 'T' },
      ],
    }),
  ],
  [
    'equal ids',
    'buttons[].id',
    'unique',
    buttons({
      buttons: [
        { id: 'a', title: 'T' },
        { id: 'a', title: 'U' },
      ],
    }),
  ],
  ['body', 'text', '1025', buttons({ text: of(1025) }), buttons({ text: of(1024) })],
  ['footer', 'footer', '61', buttons({ footer: of(61) }), buttons({ footer: of(60) })],
  [
    'header text',
    'header.text',
    '61',
    buttons({ header: { type: 'text', text: of(61) } }),
    buttons({ header: { type: 'text', text: of(60) } }),
  ],
  ['list body', 'text', '4097', list({ text: of(4097) }), list({ text: of(4096) })],
  ['list header', 'header.type', 'image', list({ header: { type: 'image', mediaId: '1' } })],
  ['list button', 'buttonTitle', '21', list({ buttonTitle: of(21) }), list({ buttonTitle: of(20) })],
  ['sections', 'sections', '11', list({ sections: times(11, (i) => ({ title: `S${i}`, rows: rows(1, i) })) })],
  [
    'rows in all',
    'sections',
    '11',
    list({
      sections: [
        { title: 'A', rows: rows(6) },
        { title: 'B', rows: rows(5, 6) },
      ],
    }),
    list({ sections: [{ rows: rows(10) }] }),
  ],
  [
    'section title when several',
    'sections[1].title',
    'required',
    list({ sections: [{ title: 'A', rows: rows(1) }, { rows: rows(1, 1) }] }),
  ],
  ['section title', 'sections[0].title', '25', list({ sections: [{ title: of(25), rows: rows(1) }] })],
  ['row id', 'sections[0].rows[0].id', '201', list({ sections: [{ rows: [{ id: of(201), title: 'R' }] }] })],
  ['row title', 'sections[0].rows[0].title', '25', list({ sections: [{ rows: [{ id: 'a', title: of(25) }] }] })],
  [
    'row description',
    'sections[0].rows[0].description',
    '73',
    list({ sections: [{ rows: [{ id: 'a', title: 'R', description: of(73) }] }] }),
  ],
  ['equal row ids', 'sections[].rows[].id', 'unique', list({ sections: [{ rows: [...rows(1), ...rows(1)] }] })],
  ['link title', 'title', '21', link({ title: of(21) }), link({ title: of(20) })],
  ['link scheme', 'url', 'https', link({ url: 'javascript:alert(1)' }), link({ url: 'http://e.com' })],
  ['form button', 'buttonTitle', '31', form({ buttonTitle: of(31) }), form({ buttonTitle: of(30) })],
  ['form button emoji', 'buttonTitle', 'emoji', form({ buttonTitle: 'Go 👍' })],
  ['form data without screen', 'screen', 'required', form({ data: {} }), form({ data: {}, screen: 'S' })],
  ['product id', 'productId', 'required', { type: 'product', catalogId: '1', productId: '' }],
  ['products header', 'header', '61', products({ header: of(61) })],
  [
    'products in all',
    'sections',
    '31',
    products({ sections: [16, 15].map((n) => ({ title: 'S', productIds: times(n, String) })) }),
    products({ sections: [{ title: 'S', productIds: times(30, String) }] }),
  ],
  ['one card', 'cards', '1', carousel(card()), carousel(card(), card())],
  ['eleven cards', 'cards', '11', carousel(...times(11, () => card()))],
  ['card body', 'cards[0].body', '161', carousel(card({ body: of(161) }), card())],
  [
    'card lines',
    'cards[0].body',
    '3',
    carousel(card({ body: 'a\nb\nc\nd' }), card()),
    carousel(card({ body: 'a\nb\nc' }), card()),
  ],
  [
    'mixed card headers',
    'cards[].header.type',
    'same',
    carousel(card(), card({ header: { type: 'video', mediaId: '1' } })),
  ],
  ['mixed card buttons', 'cards[].buttons', 'same', carousel(card(), card({ link: undefined, buttons: replies(1) }))],
  ['card with both', 'cards[0]', 'either', carousel(card({ buttons: replies(1) }), card())],
  ['products without catalog', 'catalogId', 'required', carousel({ productId: 'a' }, { productId: 'b' })],
  ['mixed cards', 'cards', 'all', carousel({ productId: 'a' }, card())],
  ['country', 'country', 'IN', { type: 'address_request', text: 't', country: 'DE' }],
  [
    'payment reference',
    'payment.reference_id',
    'required',
    { type: 'payment_request', text: 't', payment: { currency: 'INR', total_amount: 1, order: {} } },
  ],
  ['template name', 'name', 'lower-case', template({ name: 'Promo 1' })],
  ['template name length', 'name', '513', template({ name: of(513) }), template({ name: of(512) })],
  ['template language', 'language', 'required', template({ language: '' })],
  ['empty value', 'body[0].text', 'required', template({ body: [{ type: 'text', text: '' }] })],
  [
    'mixed names',
    'body',
    'named',
    template({
      body: [
        { type: 'text', text: 'a' },
        { type: 'text', name: 'n', text: 'b' },
      ],
    }),
  ],
  [
    'currency',
    'body[0].currency.code',
    'ISO 4217',
    template({ body: [{ type: 'currency', text: 'x', currency: { code: 'usd', amount1000: 1 } }] }),
  ],
  ['template text header', 'header.values', 'exactly 1', template({ header: { type: 'text', values: [] } })],
  ['template header media', 'header.mediaId', '0', template({ header: { type: 'image' } })],
  [
    'coupon code',
    'buttons[0].code',
    '16',
    template({ buttons: [{ type: 'copy_code', index: 0, code: of(16) }] }),
    template({ buttons: [{ type: 'copy_code', index: 0, code: of(15) }] }),
  ],
  ['button index', 'buttons[0].index', '10', template({ buttons: [{ type: 'url', index: 10, suffix: 's' }] })],
  [
    'same button twice',
    'buttons[].index',
    'unique',
    template({ buttons: times(2, () => ({ type: 'url', index: 0, suffix: 's' })) }),
  ],
  ['template cards', 'cards', '1', template({ cards: [{}] }), template({ cards: [{}, {}] })],
  ['code', 'code', '16', template({ code: of(16) }), template({ code: of(15) })],
  ['code beside a body', 'code', 'leave', template({ code: '1', body: [] })],
  ['native without its object', 'body.text', 'required', { type: 'native', body: { type: 'text' } }],
  [
    'native to a group',
    'body.recipient_type',
    'individual',
    { type: 'native', body: { type: 'text', text: {}, recipient_type: 'group' } },
  ],
  ['native read mark', 'body.status', 'mark', { type: 'native', body: { type: 'text', text: {}, status: 'read' } }],
];

const NAMED = LIMITS.map(([title, field, given, bad, good]) => [title, field, given, { bad, good }] as const);

test.each(NAMED)('%s: names %s and says %s', (_name, field, given, { bad, good }) => {
  let error: unknown;
  try {
    whatsapp.check(bad, SETTINGS);
  } catch (cause) {
    error = cause;
  }
  expect(error).toBeInstanceOf(ParleyError);
  const { status, code, extra } = error as ParleyError;
  expect({ status, code }).toEqual({ status: 400, code: 'invalid_content' });
  const found = (extra.errors as { field: string; message: string }[]).find((one) => one.field === field);
  expect(found?.message).toContain(field);
  expect(found?.message).toContain(given);
  if (good) expect(() => whatsapp.check(good, SETTINGS)).not.toThrow();
});

test('every bad field is named at once', () => {
  const bad = buttons({ text: '', footer: of(61), buttons: [] });
  expect(() => whatsapp.check(bad, SETTINGS)).toThrow(/text .*footer .*buttons /);
});

test.each(['receipt', 'time_picker'])('%s is refused with what there is instead', (type) => {
  expect(() => whatsapp.check({ type } as OutboundContent, SETTINGS)).toThrow(
    /cannot send .* It can send: text, image/,
  );
});
