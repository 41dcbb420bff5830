/** A template with the values of its variables → the content to send. */
import type { Template, TemplateVariable } from '../../contract/api.ts';
import type { TemplateContent } from '../../contract/message.ts';
import type { Files } from '../../nodes/shared/content/kind.ts';
import { Parameters } from '../../nodes/shared/parameters.ts';
import { templateContent, variableLabel } from '../../nodes/shared/template-content.ts';
import { templateParts } from '../../nodes/WhatsApp/resources/template/components.ts';
import { outboundContent } from '../../service/src/api/content.schema.ts';

const files: Files = {
  has: (field) => field === 'data',
  upload: async (field) => Promise.resolve({ mediaId: `uploaded-${field}`, filename: 'a.pdf' }),
};

type Format = Template['parameterFormat'];

async function fill(
  variables: TemplateVariable[],
  values: Record<string, unknown>,
  parameterFormat: Format = 'positional',
) {
  const template = { name: 'promo', language: 'en_US', parameterFormat, variables };
  return await templateContent(template, new Parameters(values), files);
}

const body1: TemplateVariable = { key: 'body.1', part: 'body', name: '1', type: 'text' };
const header = (type: TemplateVariable['type']): TemplateVariable => ({
  key: 'header.1',
  part: 'header',
  name: '1',
  type,
});
const button = (type: TemplateVariable['type'], index: number): TemplateVariable => ({
  key: `button.${String(index)}`,
  part: 'button',
  name: '1',
  type,
  index,
});

test.each<[string, TemplateVariable[], Record<string, unknown>, Partial<TemplateContent>]>([
  ['no variables', [], {}, {}],
  [
    'body values in order',
    [body1, { ...body1, key: 'body.2', name: '2' }],
    { 'body.1': 'Ana', 'body.2': 7 },
    {
      body: [
        { type: 'text', text: 'Ana' },
        { type: 'text', text: '7' },
      ],
    },
  ],
  [
    'a header text',
    [header('text')],
    { 'header.1': 'A' },
    { header: { type: 'text', values: [{ type: 'text', text: 'A' }] } },
  ],
  [
    'a header image by link',
    [header('image')],
    { 'header.1': 'https://a.example/x.png' },
    { header: { type: 'image', link: 'https://a.example/x.png' } },
  ],
  [
    'a header image by binary field',
    [header('image')],
    { 'header.1': 'data' },
    { header: { type: 'image', mediaId: 'uploaded-data' } },
  ],
  [
    'a header document with its name',
    [header('document')],
    { 'header.1': 'data' },
    { header: { type: 'document', mediaId: 'uploaded-data', filename: 'a.pdf' } },
  ],
  [
    'a header video by media ID',
    [header('video')],
    { 'header.1': '1234567' },
    { header: { type: 'video', mediaId: '1234567' } },
  ],
  [
    'a header place',
    [header('location')],
    { 'header.1': '38.7, -9.1' },
    { header: { type: 'location', latitude: 38.7, longitude: -9.1 } },
  ],
  [
    'a header place as JSON',
    [header('location')],
    { 'header.1': '{"latitude":1,"longitude":2,"name":"Shop"}' },
    { header: { type: 'location', latitude: 1, longitude: 2, name: 'Shop' } },
  ],
  [
    'a header product',
    [header('product')],
    { 'header.1': '11/sku' },
    { header: { type: 'product', catalogId: '11', productId: 'sku' } },
  ],
  [
    'buttons, optional ones left out',
    [button('url', 0), button('quick_reply', 1), button('copy_code', 2), button('form', 3)],
    { 'button.0': '77', 'button.2': 'SAVE' },
    {
      buttons: [
        { type: 'url', index: 0, suffix: '77' },
        { type: 'copy_code', index: 2, code: 'SAVE' },
      ],
    },
  ],
  [
    'a products button',
    [button('products', 0)],
    { 'button.0': '{"thumbnailProductId":"a","sections":[{"title":"S","productIds":["a"]}]}' },
    {
      buttons: [{ type: 'products', index: 0, thumbnailProductId: 'a', sections: [{ title: 'S', productIds: ['a'] }] }],
    },
  ],
  ['a one-time code', [{ ...body1, key: 'code', type: 'code' }], { code: '123456' }, { code: '123456' }],
  [
    'the end of an offer',
    [{ ...body1, key: 'offer', type: 'offer_end' }],
    { offer: '2026-12-31T18:00:00Z' },
    { offerEndsAt: 1798740000000 },
  ],
  [
    'cards',
    [
      { key: 'card.0.header.1', part: 'header', card: 0, name: '1', type: 'image' },
      { key: 'card.1.body.1', part: 'body', card: 1, name: '1', type: 'text' },
    ],
    { 'card.0.header.1': 'data', 'card.1.body.1': 'Blue' },
    { cards: [{ header: { type: 'image', mediaId: 'uploaded-data' } }, { body: [{ type: 'text', text: 'Blue' }] }] },
  ],
])('%s', async (_, variables, values, expected) => {
  const content = await fill(variables, values);
  expect(content).toEqual({ type: 'template', name: 'promo', language: 'en_US', ...expected });
  expect(outboundContent.parse(content)).toEqual(content);
});

test('named variables are sent with their names', async () => {
  const content = await fill([{ ...body1, key: 'body.first', name: 'first' }], { 'body.first': 'Ana' }, 'named');
  expect(content.body).toEqual([{ name: 'first', type: 'text', text: 'Ana' }]);
});

test.each<[string, TemplateVariable, Record<string, unknown>, RegExp]>([
  ['is missing', { ...body1, example: 'Ana' }, {}, /variable 'Body: 1 \(e\.g\. Ana\)' has no value/],
  ['is empty', button('url', 1), { 'button.1': ' ' }, /'Button 2: link ending' has no value/],
  ['names no file', header('image'), { 'header.1': 'dato' }, /no binary field 'dato'/],
  ['is no place', header('location'), { 'header.1': 'Lisbon' }, /not a number: Lisbon/],
  ['is no product', header('product'), { 'header.1': 'sku' }, /a value it cannot take/],
  ['is no date', { ...body1, type: 'offer_end' }, { 'body.1': 'soon' }, /a value it cannot take/],
])('a variable that %s is refused by its name', async (_, variable, values, message) => {
  await expect(fill([variable], values)).rejects.toThrow(message);
});

test('labels say where a variable stands', () => {
  expect(variableLabel({ key: 'k', part: 'body', card: 1, name: 'first', type: 'text' })).toBe('Card 2 · Body: first');
});

describe('the form of a new template', () => {
  const handle = async (field: string) => Promise.resolve(`handle-${field}`);
  const parts = async (values: Record<string, unknown>) => await templateParts(new Parameters(values), handle);
  const examples = {
    example: [
      { name: '{{1}}', value: 'Ana' },
      { name: 'first', value: 'Bo' },
    ],
  };

  test.each<[string, Record<string, unknown>, unknown]>([
    ['text only', { body: 'Hi' }, { parameterFormat: 'positional', components: [{ type: 'BODY', text: 'Hi' }] }],
    [
      'numbered variables and a header file',
      { body: 'Hi {{1}}!', examples, headerFormat: 'IMAGE', headerBinaryField: 'data', footer: 'F' },
      {
        parameterFormat: 'positional',
        components: [
          { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['handle-data'] } },
          { type: 'BODY', text: 'Hi {{1}}!', example: { body_text: [['Ana']] } },
          { type: 'FOOTER', text: 'F' },
        ],
      },
    ],
    [
      'named variables',
      { body: 'Hi {{ first }}!', examples, headerFormat: 'TEXT', headerText: 'For {{first}}' },
      {
        parameterFormat: 'named',
        components: [
          {
            type: 'HEADER',
            format: 'TEXT',
            text: 'For {{first}}',
            example: { header_text_named_params: [{ param_name: 'first', example: 'Bo' }] },
          },
          {
            type: 'BODY',
            text: 'Hi {{ first }}!',
            example: { body_text_named_params: [{ param_name: 'first', example: 'Bo' }] },
          },
        ],
      },
    ],
    [
      'buttons',
      {
        body: 'Hi',
        templateButtons: {
          button: [
            { type: 'QUICK_REPLY', text: 'Stop' },
            { type: 'URL', text: 'Open', url: 'https://a.example/{{1}}', example: '77' },
            { type: 'PHONE_NUMBER', text: 'Call', phone: '+1555' },
            { type: 'COPY_CODE', example: 'SAVE' },
          ],
        },
      },
      {
        parameterFormat: 'positional',
        components: [
          { type: 'BODY', text: 'Hi' },
          {
            type: 'BUTTONS',
            buttons: [
              { type: 'QUICK_REPLY', text: 'Stop' },
              { type: 'URL', text: 'Open', url: 'https://a.example/{{1}}', example: ['77'] },
              { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+1555' },
              { type: 'COPY_CODE', example: 'SAVE' },
            ],
          },
        ],
      },
    ],
    [
      'a one-time code',
      { category: 'AUTHENTICATION', securityAdvice: true, expiryMinutes: 5 },
      {
        components: [
          { type: 'BODY', add_security_recommendation: true },
          { type: 'FOOTER', code_expiration_minutes: 5 },
          { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
        ],
      },
    ],
    [
      'JSON',
      { componentsFrom: 'json', componentsJson: '[{"type":"BODY","text":"Hi {{name}}!"}]' },
      { parameterFormat: 'named', components: [{ type: 'BODY', text: 'Hi {{name}}!' }] },
    ],
  ])('%s', async (_, values, expected) => {
    expect(await parts(values)).toEqual(expected);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['without a body', { body: '' }, /'Body' is empty/],
    ['without an example', { body: 'Hi {{2}}!', examples }, /\{\{2\}\} has no example/],
    [
      'with a URL without example',
      { body: 'Hi', templateButtons: { button: [{ type: 'URL', text: 'O', url: 'https://a/{{1}}' }] } },
      /has no example/,
    ],
    ['with empty JSON', { componentsFrom: 'json', componentsJson: '[]' }, /'Components' is empty/],
  ])('is refused %s', async (_, values, message) => {
    await expect(parts(values)).rejects.toThrow(message);
  });
});
