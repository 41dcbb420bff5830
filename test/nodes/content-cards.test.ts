/** The forms of what Messenger and Instagram add: quick replies, titled cards, coupons, receipts, products, stickers. */
import type { OutboundContent } from '../../contract/message.ts';
import { mediaCard, titledCards } from '../../nodes/shared/content/cards.ts';
import { ownProducts } from '../../nodes/shared/content/commerce.ts';
import { coupon } from '../../nodes/shared/content/coupon.ts';
import { plainButtons, plainLink } from '../../nodes/shared/content/interactive.ts';
import type { ContentKind, Files } from '../../nodes/shared/content/kind.ts';
import { bareMedia } from '../../nodes/shared/content/media.ts';
import { quickReplies } from '../../nodes/shared/content/quick-replies.ts';
import { receipt } from '../../nodes/shared/content/receipt.ts';
import { namedSticker } from '../../nodes/shared/content/sticker.ts';
import { plainText, reactionWith } from '../../nodes/shared/content/text.ts';
import { ParameterError, Parameters } from '../../nodes/shared/parameters.ts';
import { outboundContent } from '../../service/src/api/content.schema.ts';
import { checkContent } from '../../service/src/channels/protocols/meta/check.ts';
import { MESSENGER } from '../../service/src/channels/protocols/meta/dialect.ts';

const KINDS: Record<string, ContentKind> = {
  quick_replies: quickReplies({ files: true, images: true, asks: ['email', 'phone'] }),
  few_replies: quickReplies({ files: false, images: false, asks: [] }),
  carousel: titledCards,
  media_card: mediaCard,
  coupon,
  receipt,
  products: ownProducts,
  buttons: plainButtons,
  link: plainLink,
  text: plainText,
  sticker: namedSticker([{ name: 'Heart', value: 'heart' }]),
  reaction: reactionWith([{ name: 'Heart', value: '❤' }]),
  ...Object.fromEntries(bareMedia.map((kind) => [kind.type, kind])),
};

const files: Files = {
  has: () => false,
  upload: async (field) => Promise.resolve({ mediaId: `uploaded-${field}`, filename: 'a.jpg' }),
};

async function build(kind: string, values: Record<string, unknown>): Promise<OutboundContent> {
  const found = KINDS[kind];
  if (!found) throw new Error(`no kind ${kind}`);
  return await found.build(new Parameters(values), files);
}

const PAID = { recipientName: 'Ana', orderNumber: 77, currency: 'eur', paymentMethod: 'Visa', total: '12.5' };
const PAID_RECEIPT = {
  ...{ recipient_name: 'Ana', order_number: '77', currency: 'EUR', payment_method: 'Visa' },
  summary: { total_cost: 12.5 },
};

const FILLED: [string, Record<string, unknown>, OutboundContent][] = [
  [
    'quick_replies',
    {
      ...{ repliesBelow: 'text', text: 'Which?', asks: ['phone', 'email'] },
      replies: { reply: [{ title: 'Red', id: 'r', imageUrl: ' https://a.example/r.png ' }, { title: 'Blue' }] },
    },
    {
      type: 'quick_replies',
      text: 'Which?',
      replies: [
        { id: 'r', title: 'Red', imageUrl: 'https://a.example/r.png' },
        { id: 'Blue', title: 'Blue' },
        { ask: 'email' },
        { ask: 'phone' },
      ],
    },
  ],
  [
    'quick_replies',
    {
      ...{ repliesBelow: 'file', fileKind: 'video', mediaSource: 'binary', binaryField: 'data' },
      replies: { reply: [{ title: 'Nice' }] },
    },
    {
      type: 'quick_replies',
      media: { type: 'video', mediaId: 'uploaded-data' },
      replies: [{ id: 'Nice', title: 'Nice' }],
    },
  ],
  [
    'few_replies',
    { text: 'Which?', asks: ['email'], replies: { reply: [{ title: 'Red' }] } },
    { type: 'quick_replies', text: 'Which?', replies: [{ id: 'Red', title: 'Red' }] },
  ],
  [
    'carousel',
    {
      cards: {
        card: [
          {
            ...{ title: 'Shoe', subtitle: 'Blue', imageUrl: 'https://a.example/s.jpg', url: 'https://a.example/s' },
            ...{ linkTitle: 'Buy', linkUrl: 'https://a.example/buy', replies: 'more-1=More' },
          },
          { title: 'Hat', subtitle: 'Red' },
        ],
      },
    },
    {
      type: 'carousel',
      cards: [
        {
          header: { type: 'image', link: 'https://a.example/s.jpg' },
          title: 'Shoe',
          body: 'Blue',
          url: 'https://a.example/s',
          link: { title: 'Buy', url: 'https://a.example/buy' },
          buttons: [{ id: 'more-1', title: 'More' }],
        },
        { title: 'Hat', body: 'Red' },
      ],
    },
  ],
  [
    'media_card',
    {
      ...{ fileKind: 'image', mediaSource: 'id', mediaId: '77' },
      cardButtons: {
        button: [
          { action: 'reply', title: 'More' },
          { action: 'url', title: 'Open', url: 'https://a.example' },
          { action: 'phone', title: 'Call', phone: '+15550001111' },
        ],
      },
    },
    {
      type: 'media_card',
      media: { type: 'image', mediaId: '77' },
      buttons: [
        { id: 'More', title: 'More' },
        { title: 'Open', url: 'https://a.example' },
        { title: 'Call', phone: '+15550001111' },
      ],
    },
  ],
  [
    'coupon',
    {
      ...{ couponTitle: '10%', couponSubtitle: 'Sunday', couponCode: ' X ', couponUrl: 'https://a.example' },
      ...{ couponUrlTitle: 'Shop', text: 'Thanks', couponImage: 'https://a.example/c.png' },
    },
    {
      ...{ type: 'coupon', title: '10%', subtitle: 'Sunday', code: 'X', url: 'https://a.example', urlTitle: 'Shop' },
      ...{ text: 'Thanks', imageUrl: 'https://a.example/c.png' },
    },
  ],
  ['receipt', PAID, { type: 'receipt', receipt: PAID_RECEIPT }],
  [
    'receipt',
    {
      ...PAID,
      ...{ subtotal: 10, shipping: 1, tax: '1.5', orderUrl: 'https://a.example/77', orderedAt: '2026-11-22T10:00:00' },
      items: { entry: [{ title: 'Shoe', subtitle: 'Blue', quantity: '2', price: 5 }] },
      adjustments: { entry: [{ name: 'Voucher', amount: 3 }] },
      receiptAddress: { street_1: '1 Market Street', city: 'Lisbon', state: '' },
      receiptFurther: '{"merchant_name":"Shop"}',
    },
    {
      type: 'receipt',
      receipt: {
        ...PAID_RECEIPT,
        order_url: 'https://a.example/77',
        timestamp: '1795341600',
        address: { street_1: '1 Market Street', city: 'Lisbon' },
        summary: { subtotal: 10, shipping_cost: 1, total_tax: 1.5, total_cost: 12.5 },
        adjustments: [{ name: 'Voucher', amount: 3 }],
        elements: [{ title: 'Shoe', subtitle: 'Blue', quantity: 2, price: 5 }],
        merchant_name: 'Shop',
      },
    },
  ],
  ['products', { productIds: '1, 2' }, { type: 'products', sections: [{ title: '', productIds: ['1', '2'] }] }],
  [
    'buttons',
    { text: 'Ok?', footer: 'f', buttons: { button: [{ title: 'Yes' }] } },
    { type: 'buttons', text: 'Ok?', buttons: [{ id: 'Yes', title: 'Yes' }] },
  ],
  [
    'link',
    { text: 'See', linkTitle: 'Open', linkUrl: 'https://a.example' },
    { type: 'link', text: 'See', title: 'Open', url: 'https://a.example' },
  ],
  ['text', { text: 'Hi', preview: true }, { type: 'text', text: 'Hi' }],
  ['sticker', { stickerName: 'heart' }, { type: 'sticker', name: 'heart' }],
  ['reaction', { messageId: 'msg_1', emoji: '❤' }, { type: 'reaction', messageId: 'msg_1', emoji: '❤' }],
  [
    'document',
    { mediaSource: 'binary', binaryField: 'data', caption: 'no' },
    { type: 'document', mediaId: 'uploaded-data' },
  ],
  ['audio', { mediaSource: 'id', mediaId: '1' }, { type: 'audio', mediaId: '1' }],
];

test.each(FILLED)('%s from its form (%#)', async (kind, values, expected) => {
  const content = await build(kind, values);
  expect(content).toEqual(expected);
  expect(outboundContent.parse(content)).toEqual(expected);
});

test.each(FILLED.filter(([, , { type }]) => MESSENGER.kinds.includes(type)))(
  'Messenger takes it: %s (%#)',
  (...[, , content]) => {
    expect(() => checkContent(content, MESSENGER)).not.toThrow();
  },
);

test.each<[string, Record<string, unknown>, RegExp]>([
  ['quick_replies', { text: 'Which?', replies: {} }, /no quick reply/],
  ['quick_replies', { text: '', replies: { reply: [{ title: 'Red' }] } }, /'Text' is empty/],
  ['quick_replies', { text: 'W', replies: { reply: [{ id: 'r' }] } }, /'Title' is empty/],
  ['carousel', { cards: {} }, /no card/],
  ['carousel', { cards: { card: [{ subtitle: 'Blue' }] } }, /'Title' is empty/],
  ['carousel', { cards: { card: [{ title: 'T', linkTitle: 'Buy' }] } }, /'Link URL' is empty/],
  [
    'media_card',
    { mediaSource: 'id', mediaId: '1', cardButtons: { button: [{ action: 'url', title: 'O' }] } },
    /'URL' is empty/,
  ],
  [
    'media_card',
    { mediaSource: 'id', mediaId: '1', cardButtons: { button: [{ action: 'phone', title: 'O' }] } },
    /'Phone Number' is empty/,
  ],
  ['coupon', { couponCode: 'X' }, /'Title' is empty/],
  ['receipt', { ...PAID, total: '' }, /'Total' is empty/],
  ['receipt', { ...PAID, items: { entry: [{ title: 'Shoe', price: 'five' }] } }, /'Price' is not a number/],
  ['receipt', { ...PAID, orderedAt: 'soon' }, /'Ordered At' is not a time/],
  ['receipt', { ...PAID, receiptFurther: '[]' }, /'Further Members' is not a JSON object/],
  ['products', { productIds: ' , ' }, /no product/],
  ['sticker', { stickerName: '' }, /'Sticker' is empty/],
])('%s that is not filled in well says which field (%#)', async (kind, values, message) => {
  const error: unknown = await build(kind, values).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ParameterError);
  expect((error as ParameterError).message).toMatch(message);
  expect((error as ParameterError).description).not.toBe('');
});
