/** Each content form: what is filled in → what the service is asked to send. */
import type { OutboundContent } from '../../contract/message.ts';
import type { Files } from '../../nodes/shared/content/kind.ts';
import { ParameterError, Parameters } from '../../nodes/shared/parameters.ts';
import { limitNotices, WHATSAPP_KINDS } from '../../nodes/WhatsApp/content.ts';
import { outboundContent } from '../../service/src/api/content.schema.ts';

const files: Files = {
  has: (field) => field === 'data',
  upload: async (field) => Promise.resolve({ mediaId: `uploaded-${field}`, filename: 'invoice.pdf' }),
};

async function build(kind: string, values: Record<string, unknown>): Promise<OutboundContent> {
  const found = WHATSAPP_KINDS.find(({ type }) => type === kind);
  if (!found) throw new Error(`no kind ${kind}`);
  return await found.build(new Parameters(values), files);
}

const link = { mediaSource: 'url', mediaUrl: 'https://example.com/a.jpg' };
const section = { title: 'Delivery', rows: { row: [{ title: 'Express', id: 'x', description: 'Tomorrow' }] } };

test.each<[string, Record<string, unknown>, OutboundContent]>([
  ['text', { text: 'Hi', preview: false }, { type: 'text', text: 'Hi' }],
  ['text', { text: 'https://a.example', preview: true }, { type: 'text', text: 'https://a.example', preview: true }],
  ['text', { text: 42 }, { type: 'text', text: '42' }],
  ['image', { ...link, caption: 'A' }, { type: 'image', caption: 'A', link: 'https://example.com/a.jpg' }],
  ['video', { mediaSource: 'id', mediaId: '77' }, { type: 'video', mediaId: '77' }],
  [
    'audio',
    { mediaSource: 'binary', binaryField: 'data', voice: true },
    { type: 'audio', voice: true, mediaId: 'uploaded-data' },
  ],
  [
    'document',
    { mediaSource: 'binary', binaryField: 'data' },
    { type: 'document', filename: 'invoice.pdf', mediaId: 'uploaded-data' },
  ],
  [
    'document',
    { ...link, filename: 'b.pdf' },
    { type: 'document', filename: 'b.pdf', link: 'https://example.com/a.jpg' },
  ],
  ['sticker', { mediaSource: 'id', mediaId: '5' }, { type: 'sticker', mediaId: '5' }],
  [
    'location',
    { latitude: 38.7, longitude: '-9.1', placeName: 'Shop', address: '' },
    { type: 'location', latitude: 38.7, longitude: -9.1, name: 'Shop' },
  ],
  ['location_request', { text: 'Where?' }, { type: 'location_request', text: 'Where?' }],
  [
    'address_request',
    { text: 'Where to?', country: 'in', addressValues: '{"city":"Mumbai"}' },
    { type: 'address_request', text: 'Where to?', country: 'IN', values: { city: 'Mumbai' } },
  ],
  [
    'contacts',
    {
      contactsFrom: 'fields',
      contacts: { contact: [{ first: 'Ana', last: 'Silva', phone: '+1555', company: 'Shop' }] },
    },
    {
      type: 'contacts',
      contacts: [
        {
          name: { formatted: 'Ana Silva', first: 'Ana', last: 'Silva' },
          phones: [{ phone: '+1555', type: 'CELL' }],
          org: { company: 'Shop' },
        },
      ],
    },
  ],
  [
    'contacts',
    { contactsFrom: 'json', contactsJson: '[{"name":{"formatted":"Ana"}}]' },
    { type: 'contacts', contacts: [{ name: { formatted: 'Ana' } }] },
  ],
  ['reaction', { messageId: 'msg_1', emoji: '👍' }, { type: 'reaction', messageId: 'msg_1', emoji: '👍' }],
  ['reaction', { messageId: 'msg_1', emoji: '' }, { type: 'reaction', messageId: 'msg_1', emoji: '' }],
  [
    'buttons',
    {
      text: 'Ok?',
      headerType: 'text',
      headerText: 'Order',
      footer: 'f',
      buttons: { button: [{ id: 'y', title: 'Yes' }, { title: 'No' }] },
    },
    {
      type: 'buttons',
      text: 'Ok?',
      header: { type: 'text', text: 'Order' },
      footer: 'f',
      buttons: [
        { id: 'y', title: 'Yes' },
        { id: 'No', title: 'No' },
      ],
    },
  ],
  [
    'buttons',
    {
      text: 'Ok?',
      headerType: 'image',
      headerMediaSource: 'binary',
      headerBinaryField: 'data',
      buttons: { button: [{ title: 'Yes' }] },
    },
    {
      type: 'buttons',
      text: 'Ok?',
      header: { type: 'image', mediaId: 'uploaded-data' },
      buttons: [{ id: 'Yes', title: 'Yes' }],
    },
  ],
  [
    'list',
    { text: 'How?', buttonTitle: 'Choose', headerText: 'H', sections: { section: [section] } },
    {
      type: 'list',
      text: 'How?',
      header: { type: 'text', text: 'H' },
      buttonTitle: 'Choose',
      sections: [{ title: 'Delivery', rows: [{ id: 'x', title: 'Express', description: 'Tomorrow' }] }],
    },
  ],
  [
    'link',
    {
      text: 'Track',
      headerType: 'document',
      headerMediaSource: 'url',
      headerMediaUrl: 'https://a.example/x.pdf',
      linkTitle: 'Open',
      linkUrl: ' https://a.example ',
    },
    {
      type: 'link',
      text: 'Track',
      header: { type: 'document', link: 'https://a.example/x.pdf' },
      title: 'Open',
      url: 'https://a.example',
    },
  ],
  ['product', { catalogId: '1', productId: 'sku', text: '' }, { type: 'product', catalogId: '1', productId: 'sku' }],
  [
    'products',
    {
      text: 'New',
      headerText: 'H',
      catalogId: '1',
      productSections: { section: [{ title: 'S', productIds: 'a, b,' }] },
    },
    { type: 'products', text: 'New', header: 'H', catalogId: '1', sections: [{ title: 'S', productIds: ['a', 'b'] }] },
  ],
  ['catalog', { text: 'All', thumbnailProductId: 'a' }, { type: 'catalog', text: 'All', thumbnailProductId: 'a' }],
  [
    'carousel',
    {
      text: 'Look',
      cardsShow: 'media',
      cards: {
        card: [
          { file: 'data', fileType: 'image', body: 'One', linkTitle: 'Buy', linkUrl: 'https://a.example/1' },
          { file: 'https://a.example/2.jpg', fileType: 'image', replies: 'buy-2=Buy, More' },
        ],
      },
    },
    {
      type: 'carousel',
      text: 'Look',
      cards: [
        {
          header: { type: 'image', mediaId: 'uploaded-data' },
          body: 'One',
          link: { title: 'Buy', url: 'https://a.example/1' },
        },
        {
          header: { type: 'image', link: 'https://a.example/2.jpg' },
          buttons: [
            { id: 'buy-2', title: 'Buy' },
            { id: 'More', title: 'More' },
          ],
        },
      ],
    },
  ],
  [
    'carousel',
    { text: 'Look', cardsShow: 'products', catalogId: '1', cardProducts: 'a,b' },
    { type: 'carousel', text: 'Look', catalogId: '1', cards: [{ productId: 'a' }, { productId: 'b' }] },
  ],
  [
    'form',
    {
      text: 'Book',
      formId: '9',
      formButton: 'Book',
      screen: 'S',
      formData: '{"day":1}',
      formReference: 'r',
      draft: true,
    },
    {
      type: 'form',
      text: 'Book',
      formId: '9',
      buttonTitle: 'Book',
      token: 'r',
      screen: 'S',
      data: { day: 1 },
      draft: true,
    },
  ],
  [
    'payment_request',
    { text: 'Pay', payment: { reference_id: 'r' } },
    { type: 'payment_request', text: 'Pay', payment: { reference_id: 'r' } },
  ],
  ['native', { nativeBody: '{"type":"text"}' }, { type: 'native', body: { type: 'text' } }],
])('%s from its form (%#)', async (kind, values, expected) => {
  const content = await build(kind, values);
  expect(content).toEqual(expected);
  expect(outboundContent.parse(content)).toEqual(expected);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['text', { text: '  ' }, /'Text' is empty/],
  ['image', { mediaSource: 'url', mediaUrl: 'example.com' }, /not a link/],
  ['video', { mediaSource: 'id', mediaId: '' }, /'Media ID' is empty/],
  ['location', { latitude: 'north', longitude: 1 }, /'Latitude' is not a number: north/],
  ['contacts', { contactsFrom: 'fields', contacts: {} }, /no contact/],
  ['contacts', { contactsFrom: 'fields', contacts: { contact: [{ phone: '1' }] } }, /has no name/],
  ['contacts', { contactsFrom: 'json', contactsJson: '[{}]' }, /name\.formatted/],
  ['buttons', { text: 'Ok?', buttons: {} }, /no button/],
  ['list', { text: 'How?', buttonTitle: 'C', sections: {} }, /no choices/],
  ['list', { text: 'How?', buttonTitle: 'C', sections: { section: [{ title: 'S' }] } }, /no row/],
  [
    'products',
    { text: 'N', headerText: 'H', catalogId: '1', productSections: { section: [{ title: 'S' }] } },
    /no product/,
  ],
  ['carousel', { text: 'L', cardsShow: 'media', cards: { card: [{ file: 'data' }] } }, /no button/],
  ['carousel', { text: 'L', cardsShow: 'media', cards: { card: [{ file: 'dato' }] } }, /no binary field 'dato'/],
  ['form', { text: 'B', formId: '9', formButton: 'B', formData: '[1]' }, /not a JSON object/],
  ['address_request', { text: 'W', country: 'IN', addressValues: '{"city":{}}' }, /no text for city/],
  ['native', { nativeBody: '{"type":' }, /not valid JSON/],
  ['native', { nativeBody: '' }, /'Body' is empty/],
])('%s that is not filled in well says which field (%#)', async (kind, values, message) => {
  const error: unknown = await build(kind, values).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ParameterError);
  expect((error as ParameterError).message).toMatch(message);
  expect((error as ParameterError).description).not.toBe('');
});

test('notices stand only at kinds that are offered', () => {
  const kinds = WHATSAPP_KINDS.map(({ type }) => `${type}Notice`);
  expect(limitNotices.map(({ name }) => name).filter((name) => !kinds.includes(name))).toEqual([]);
});
