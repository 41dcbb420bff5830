/** Message → Send, every content kind: what the form says, and the body that the provider accepted. */
import type { IDataObject } from 'n8n-workflow';
import type { JsonObject } from '../../sandbox/kit/json.ts';
import { ANA, closeApps, type App } from '../../support/app.ts';
import { accepted, anaWrites, type NodeFixture, sentId, startNodes } from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh();
  await anaWrites(app);
});
afterEach(closeApps);

const send = (kind: string, parameters: IDataObject): IDataObject => ({
  ...{ resource: 'message', operation: 'send', to: `+${ANA}`, kind },
  ...parameters,
});
const interactive = (type: string, rest: JsonObject) => ({ type: 'interactive', interactive: { type, ...rest } });
const button = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
const amount = { value: 1200, offset: 100 };
const payment = {
  reference_id: 'order-77',
  type: 'physical-goods',
  currency: 'INR',
  total_amount: amount,
  order: {
    status: 'pending',
    subtotal: amount,
    items: [{ retailer_id: 'sku-1', name: 'Shoe', amount, quantity: 1 }],
  },
};

describe('what is filled in is what the provider accepts', () => {
  test.each<[string, string, IDataObject, JsonObject]>([
    ['text', 'text', { text: 'Hello' }, { type: 'text', text: { body: 'Hello' } }],
    [
      'text with a preview',
      'text',
      { text: 'See https://example.com', preview: true },
      { type: 'text', text: { body: 'See https://example.com', preview_url: true } },
    ],
    [
      'location',
      'location',
      { latitude: 38.72, longitude: -9.14, placeName: 'Shop', address: '1 Market Street' },
      {
        type: 'location',
        location: { latitude: '38.72', longitude: '-9.14', name: 'Shop', address: '1 Market Street' },
      },
    ],
    [
      'contacts',
      'contacts',
      { contacts: { contact: [{ first: 'Nathan', last: 'Smith', phone: '+15550001111', company: 'Nathan & Co' }] } },
      {
        type: 'contacts',
        contacts: [
          {
            name: { formatted_name: 'Nathan Smith', first_name: 'Nathan', last_name: 'Smith' },
            phones: [{ phone: '+15550001111', type: 'CELL' }],
            org: { company: 'Nathan & Co' },
          },
        ],
      },
    ],
    [
      'contacts of JSON',
      'contacts',
      { contactsFrom: 'json', contactsJson: '[{"name":{"formatted":"Bo","first":"Bo"},"birthday":"1990-01-31"}]' },
      { type: 'contacts', contacts: [{ name: { formatted_name: 'Bo', first_name: 'Bo' }, birthday: '1990-01-31' }] },
    ],
    [
      'buttons',
      'buttons',
      {
        ...{ text: 'Tea?', headerType: 'text', headerText: 'Today', footer: 'Bye' },
        buttons: { button: [{ title: 'Yes', id: 'yes' }, { title: 'No' }] },
      },
      interactive('button', {
        header: { type: 'text', text: 'Today' },
        body: { text: 'Tea?' },
        footer: { text: 'Bye' },
        action: { buttons: [button('yes', 'Yes'), button('No', 'No')] },
      }),
    ],
    [
      'list',
      'list',
      {
        ...{ text: 'Which?', buttonTitle: 'Options', headerText: 'Delivery' },
        sections: {
          section: [{ title: 'Fast', rows: { row: [{ title: 'Express', id: 'x', description: 'Tomorrow' }] } }],
        },
      },
      interactive('list', {
        header: { type: 'text', text: 'Delivery' },
        body: { text: 'Which?' },
        action: {
          button: 'Options',
          sections: [{ title: 'Fast', rows: [{ id: 'x', title: 'Express', description: 'Tomorrow' }] }],
        },
      }),
    ],
    [
      'link button',
      'link',
      {
        ...{ text: 'On its way', linkTitle: 'Track', linkUrl: 'https://example.com/77', headerType: 'image' },
        ...{ headerMediaSource: 'url', headerMediaUrl: 'https://example.com/box.jpg' },
      },
      interactive('cta_url', {
        header: { type: 'image', image: { link: 'https://example.com/box.jpg' } },
        body: { text: 'On its way' },
        action: { name: 'cta_url', parameters: { display_text: 'Track', url: 'https://example.com/77' } },
      }),
    ],
    [
      'product',
      'product',
      { text: 'This one', catalogId: '19', productId: 'sku-1' },
      interactive('product', {
        body: { text: 'This one' },
        action: { catalog_id: '19', product_retailer_id: 'sku-1' },
      }),
    ],
    [
      'products',
      'products',
      {
        ...{ text: 'Ours', headerText: 'Shoes', catalogId: '19' },
        productSections: { section: [{ title: 'New', productIds: 'sku-1, sku-2' }] },
      },
      interactive('product_list', {
        header: { type: 'text', text: 'Shoes' },
        body: { text: 'Ours' },
        action: {
          catalog_id: '19',
          sections: [
            { title: 'New', product_items: [{ product_retailer_id: 'sku-1' }, { product_retailer_id: 'sku-2' }] },
          ],
        },
      }),
    ],
    [
      'catalog',
      'catalog',
      { text: 'Everything', thumbnailProductId: 'sku-1' },
      interactive('catalog_message', {
        body: { text: 'Everything' },
        action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'sku-1' } },
      }),
    ],
    [
      'carousel of products',
      'carousel',
      { text: 'Look', cardsShow: 'products', catalogId: '19', cardProducts: 'sku-1, sku-2' },
      interactive('carousel', {
        body: { text: 'Look' },
        action: {
          cards: ['sku-1', 'sku-2'].map((product_retailer_id, card_index) => ({
            ...{ card_index, type: 'product', action: { product_retailer_id, catalog_id: '19' } },
          })),
        },
      }),
    ],
    [
      'form',
      'form',
      {
        ...{ text: 'Book', formId: '1122', formButton: 'Book Now', screen: 'WELCOME', formReference: 'order-77' },
        formData: '{"day":"Tuesday"}',
      },
      interactive('flow', {
        body: { text: 'Book' },
        action: {
          name: 'flow',
          parameters: {
            ...{ flow_message_version: '3', flow_id: '1122', flow_cta: 'Book Now', flow_token: 'order-77' },
            ...{ flow_action: 'navigate', flow_action_payload: { screen: 'WELCOME', data: { day: 'Tuesday' } } },
          },
        },
      }),
    ],
    [
      'payment request',
      'payment_request',
      { text: 'Please pay', payment: JSON.stringify(payment) },
      interactive('order_details', {
        body: { text: 'Please pay' },
        action: { name: 'review_and_pay', parameters: payment },
      }),
    ],
    [
      'location request',
      'location_request',
      { text: 'Where are you?' },
      interactive('location_request_message', { body: { text: 'Where are you?' }, action: { name: 'send_location' } }),
    ],
    [
      'address request',
      'address_request',
      { text: 'Where to?', country: 'in', addressValues: '{"city":"Mumbai"}' },
      interactive('address_message', {
        body: { text: 'Where to?' },
        action: { name: 'address_message', parameters: { country: 'IN', values: { city: 'Mumbai' } } },
      }),
    ],
    [
      'native JSON',
      'native',
      { nativeBody: '{"type":"text","text":{"body":"as it is"}}' },
      { type: 'text', text: { body: 'as it is' } },
    ],
  ])('%s', async (_name, kind, parameters, body) => {
    const items = await nodes.output(send(kind, parameters));
    expect(items).toMatchObject([
      { json: { status: 'queued', duplicate: false, to: `+${ANA}` }, pairedItem: { item: 0 } },
    ]);
    expect(await accepted(app)).toEqual([body]);
    const [message] = app.sandbox.listReceivedMessages();
    expect(message?.body).toMatchObject({ messaging_product: 'whatsapp', to: `+${ANA}` });
    expect(message?.bizOpaqueCallbackData).toBe(sentId(items));
  });
});
