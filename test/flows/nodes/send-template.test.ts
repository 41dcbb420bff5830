/** Message → Send Template: picked from the list, its variables as a form, filled, and accepted by the provider. */
import type { IDataObject, INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';
import type { JsonObject } from '../../sandbox/kit/json.ts';
import type { TemplateSeed } from '../../sandbox/whatsapp/template-review.ts';
import { ANA, closeApps, type App } from '../../support/app.ts';
import {
  accepted,
  actionWorkflow,
  componentsOf,
  fileItem,
  NODE,
  type NodeFixture,
  startNodes,
  uploads,
} from './node-fixture.ts';

let nodes: NodeFixture;
let app: App;

beforeAll(async () => {
  nodes = await startNodes();
}, 60_000);
afterAll(() => nodes.stop());
beforeEach(async () => {
  app = await nodes.fresh();
});
afterEach(closeApps);

const picked = (value: string, mode = 'list') => ({ __rl: true, mode, value });
const filled = (value: IDataObject) => ({ mappingMode: 'defineBelow', value });
const sendTemplate = (template: IDataObject, more: IDataObject = {}): IDataObject => ({
  ...{ resource: 'message', operation: 'sendTemplate', to: `+${ANA}`, template },
  ...more,
});
const body = (text: string) => ({ type: 'BODY', text });
const quickReply = { type: 'QUICK_REPLY', text: 'Thanks' };
const button = (sub_type: string, index: number, parameter: JsonObject) => ({
  ...{ type: 'button', sub_type, index: String(index), parameters: [parameter] },
});

const ORDER: TemplateSeed = {
  name: 'order_shipped',
  parameterFormat: 'NAMED',
  components: [
    { type: 'HEADER', format: 'IMAGE' },
    body('Hi {{first_name}}, order {{number}} has left.'),
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Track', url: 'https://example.com/{{1}}' }, quickReply] },
  ],
};

test('the list shows approved templates, page by page and by name', async () => {
  for (let index = 0; index < 250; index++) {
    const status = index % 2 === 0 ? 'APPROVED' : 'PENDING';
    app.sandbox.templates.seed({ name: `promo_${String(index)}`, status, components: [body('Hello there')] });
  }
  const { id } = app.sandbox.templates.seed(ORDER);
  const workflow = actionWorkflow(sendTemplate(picked('')));
  const search = async (...args: [string?, string?]) =>
    (await nodes.engine.editor(
      'listSearch',
      workflow,
      NODE,
      'searchApprovedTemplates',
      ...args,
    )) as INodeListSearchResult;
  const first = await search();
  expect(first.results).toHaveLength(100);
  const second = await search(undefined, String(first.paginationToken));
  expect(second.results).toHaveLength(26);
  expect(second.paginationToken).toBeUndefined();
  expect(await search('Shipped')).toMatchObject({
    results: [{ name: 'order_shipped (en_US)', value: id, description: 'UTILITY' }],
  });
});

test('the form shows the variables of the template, and what is filled in goes out', async () => {
  const { id } = app.sandbox.templates.seed(ORDER);
  const workflow = actionWorkflow(sendTemplate(picked(id)));
  const { fields } = (await nodes.engine.editor(
    'resourceMapping',
    workflow,
    NODE,
    'getTemplateVariables',
  )) as ResourceMapperFields;
  expect(fields.map(({ id: key, required }) => [key, required])).toEqual([
    ['header.image', true],
    ['body.first_name', true],
    ['body.number', true],
    ['button.0.url', true],
    ['button.1.quick_reply', false],
  ]);
  const variables = filled({
    ...{ 'header.image': 'data', 'body.first_name': '={{ $json.name }}', 'body.number': 77 },
    ...{ 'button.0.url': 'orders/77', 'button.1.quick_reply': '=thanks-{{ $itemIndex }}' },
  });
  const items = ['Ana', 'Bo'].map((name) => ({ ...fileItem('png', 'image/png', 'a.png'), json: { name } }));
  const output = await nodes.output(sendTemplate(picked(id), { variables }), { items });
  expect(output[1]?.json).toMatchObject({ template: 'order_shipped', language: 'en_US', status: 'queued' });
  const bodies = await accepted(app, 2);
  const text = (parameter_name: string, value: string) => ({ type: 'text', parameter_name, text: value });
  expect(bodies[1]).toEqual({
    type: 'template',
    template: {
      name: 'order_shipped',
      language: { code: 'en_US' },
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { id: expect.stringMatching(/^\d+$/) } }] },
        { type: 'body', parameters: [text('first_name', 'Bo'), text('number', '77')] },
        button('url', 0, { type: 'text', text: 'orders/77' }),
        button('quick_reply', 1, { type: 'payload', payload: 'thanks-1' }),
      ],
    },
  });
  expect(uploads(app)).toHaveLength(1);
});

describe('every kind of variable is accepted', () => {
  const image = { type: 'HEADER', format: 'IMAGE' };
  const card = { components: [image, body('Only {{1}} this week'), { type: 'BUTTONS', buttons: [quickReply] }] };
  const text = (value: string) => [{ type: 'text', text: value }];
  const link = 'https://example.com/a.jpg';
  const linked = { type: 'header', parameters: [{ type: 'image', image: { link } }] };

  test.each<[string, Partial<TemplateSeed>, IDataObject, JsonObject[]]>([
    [
      'text header and positions',
      { components: [{ type: 'HEADER', format: 'TEXT', text: 'Order {{1}}' }, body('Hi {{1}} and {{2}} there')] },
      { 'header.1': '77', 'body.1': 'Ana', 'body.2': 'Bo' },
      [
        { type: 'header', parameters: text('77') },
        { type: 'body', parameters: [...text('Ana'), ...text('Bo')] },
      ],
    ],
    [
      'location header',
      { components: [{ type: 'HEADER', format: 'LOCATION' }, body('We are here')] },
      { 'header.location': '38.72, -9.14' },
      [{ type: 'header', parameters: [{ type: 'location', location: { latitude: '38.72', longitude: '-9.14' } }] }],
    ],
    ['header by a link', { components: [image, body('Look at this')] }, { 'header.image': link }, [linked]],
    [
      'code to copy and the end of an offer',
      {
        category: 'MARKETING',
        components: [
          body('Our offer'),
          { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
          { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'SAVE25' }] },
        ],
      },
      { 'offer.ends_at': '2030-01-01T00:00:00Z', 'button.0.copy_code': 'SAVE10' },
      [
        {
          type: 'limited_time_offer',
          parameters: [
            { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: Date.UTC(2030, 0, 1) } },
          ],
        },
        button('copy_code', 0, { type: 'coupon_code', coupon_code: 'SAVE10' }),
      ],
    ],
    [
      'one-time code',
      {
        category: 'AUTHENTICATION',
        components: [{ type: 'BODY' }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }],
      },
      { 'body.code': '123456' },
      [{ type: 'body', parameters: text('123456') }, button('url', 0, { type: 'text', text: '123456' })],
    ],
    [
      'cards',
      { category: 'MARKETING', components: [body('Look'), { type: 'CAROUSEL', cards: [card, card] }] },
      {
        ...{ 'card.0.header.image': link, 'card.0.body.1': '10 €', 'card.0.button.0.quick_reply': 'one' },
        ...{ 'card.1.header.image': link, 'card.1.body.1': '20 €', 'card.1.button.0.quick_reply': 'two' },
      },
      [
        {
          type: 'carousel',
          cards: [
            ['10 €', 'one'],
            ['20 €', 'two'],
          ].map(([price = '', payload = ''], card_index) => ({
            card_index,
            components: [
              linked,
              { type: 'body', parameters: text(price) },
              button('quick_reply', 0, { type: 'payload', payload }),
            ],
          })),
        },
      ],
    ],
  ])('%s', async (_name, seed, values, components) => {
    const { id } = app.sandbox.templates.seed({ name: 'some', components: [], ...seed });
    await nodes.output(sendTemplate(picked(id), { variables: filled(values) }));
    expect(componentsOf((await accepted(app))[0])).toEqual(components);
  });
});

test('a template is found by its name and language', async () => {
  for (const language of ['en_US', 'es']) {
    app.sandbox.templates.seed({ name: 'hello', language, components: [body('Hello there')] });
  }
  await nodes.output(sendTemplate(picked('hello/es', 'name')));
  expect(await accepted(app)).toEqual([{ type: 'template', template: { name: 'hello', language: { code: 'es' } } }]);
  const { message } = await nodes.failure(sendTemplate(picked('hello', 'name')));
  expect(message).toBe("The template 'hello' exists in several languages: en_US, es");
});

describe('is refused with words that help, and nothing is sent', () => {
  test.each<[string, IDataObject, RegExp]>([
    [
      'a variable without a value',
      { 'body.first_name': 'Ana' },
      /^The template variable 'Header: image.*' has no value$/,
    ],
    ['a header that is no file', { 'header.image': 'photo' }, /there is no binary field 'photo' in the input$/],
  ])('%s', async (_name, values, message) => {
    const { id } = app.sandbox.templates.seed(ORDER);
    const error = await nodes.failure(sendTemplate(picked(id), { variables: filled(values) }));
    expect(error.message).toMatch(message);
    expect(error.description).toBeTruthy();
    expect(app.sandbox.listReceivedMessages()).toEqual([]);
  });

  test('a template that is not there', async () => {
    expect((await nodes.failure(sendTemplate(picked('1234567890')))).message).toMatch(/1234567890/);
    expect((await nodes.failure(sendTemplate(picked('nope/en_US', 'name')))).message).toBe(
      "There is no template 'nope/en_US'",
    );
  });
});
