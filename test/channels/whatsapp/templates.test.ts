import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { variablesOf } from '../../../service/src/channels/protocols/whatsapp/template-variables.ts';
import { alwaysAnswering, json } from '../../conformance/fake-io.ts';
import { GRAPH, graphError, SETTINGS, settingsWith, WABA_ID } from './support.ts';

const templates = whatsapp.templates;
if (!templates) throw new Error('WhatsApp has templates');

const STORED = {
  id: '1689556908129832',
  name: 'order_confirmation',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  quality_score: { score: 'GREEN', date: 1 },
  rejected_reason: 'NONE',
  parameter_format: 'POSITIONAL',
  components: [{ type: 'BODY', text: 'Hi {{1}}', example: { body_text: [['Ana']] } }],
};
const TEMPLATE = {
  id: '1689556908129832',
  name: 'order_confirmation',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  quality: 'GREEN',
  parameterFormat: 'positional',
  components: STORED.components,
  variables: [{ key: 'body.1', part: 'body', name: '1', type: 'text', example: 'Ana' }],
};
const FIELDS = 'id,name,status,category,language,components,quality_score,rejected_reason,parameter_format';

test.each([
  [{ cursors: { after: 'A' }, next: 'https://…' }, 'A'],
  [{ cursors: { after: 'A' } }, undefined],
  [undefined, undefined],
])('lists a page; paging %j → next %s', async (paging, next) => {
  const { io, requests } = alwaysAnswering(json(200, { data: [STORED], paging }));
  const page = await templates.list({ status: 'APPROVED', name: 'order', limit: 5, after: 'Z' }, SETTINGS, io);
  expect(page).toEqual(next === undefined ? { data: [TEMPLATE] } : { data: [TEMPLATE], next });
  expect(requests).toMatchObject([
    {
      method: 'GET',
      url: `${GRAPH}/${WABA_ID}/message_templates`,
      query: { status: 'APPROVED', name: 'order', limit: 5, after: 'Z', fields: FIELDS },
    },
  ]);
});

test('gets one, with a path that cannot leave its place', async () => {
  const { io, requests } = alwaysAnswering(json(200, STORED));
  await expect(templates.get('16/../me?x', SETTINGS, io)).resolves.toEqual(TEMPLATE);
  expect(requests[0]?.url).toBe(`${GRAPH}/16%2F..%2Fme%3Fx`);
});

test('creates', async () => {
  const { io, requests } = alwaysAnswering(json(200, { id: '7', status: 'PENDING', category: 'MARKETING' }));
  const components = [{ type: 'BODY', text: 'Hi' }];
  const draft = { name: 'promo', language: 'en', category: 'UTILITY', components };
  const more = { parameterFormat: 'named' as const, allowCategoryChange: true, ttlSeconds: 60 };
  const created = await templates.create({ ...draft, ...more }, SETTINGS, io);
  expect(created).toEqual({ id: '7', status: 'PENDING', category: 'MARKETING' });
  expect(requests[0]).toMatchObject({ method: 'POST', url: `${GRAPH}/${WABA_ID}/message_templates` });
  expect(requests[0]?.json).toEqual({
    ...draft,
    parameter_format: 'named',
    allow_category_change: true,
    message_send_ttl_seconds: 60,
  });
});

test('edits and removes', async () => {
  const { io, requests } = alwaysAnswering(json(200, { success: true }));
  await templates.edit('7', { category: 'UTILITY' }, SETTINGS, io);
  await templates.remove({ name: 'promo' }, SETTINGS, io);
  await templates.remove({ name: 'promo', id: '7' }, SETTINGS, io);
  expect(requests).toMatchObject([
    { method: 'POST', url: `${GRAPH}/7`, json: { category: 'UTILITY' } },
    { method: 'DELETE', url: `${GRAPH}/${WABA_ID}/message_templates`, query: { name: 'promo' } },
    { method: 'DELETE', url: `${GRAPH}/${WABA_ID}/message_templates`, query: { name: 'promo', hsm_id: '7' } },
  ]);
});

test('a refusal is a SendError, and so is an account without wabaId', async () => {
  const { io } = alwaysAnswering(graphError(2388293));
  await expect(templates.edit('7', {}, SETTINGS, io)).rejects.toMatchObject({ kind: 'invalid' });
  const settings = settingsWith({ wabaId: undefined });
  await expect(templates.list({}, settings, io)).rejects.toMatchObject({ kind: 'settings' });
});

describe('variables', () => {
  const body = (text: string, example?: unknown) => ({ type: 'BODY', text, example });
  const header = (format: string, more: object = {}) => ({ type: 'HEADER', format, ...more });
  const buttons = (...list: object[]) => ({ type: 'BUTTONS', buttons: list });

  test.each<[string, Record<string, unknown>[], unknown[]]>([
    ['none', [body('Hi'), { type: 'FOOTER', text: 'f {{1}}' }], []],
    [
      'named, each once',
      [body('{{first}} {{ last }} {{first}}', { body_text_named_params: [{ param_name: 'last', example: 'Silva' }] })],
      [
        { key: 'body.first', part: 'body', name: 'first', type: 'text' },
        { key: 'body.last', part: 'body', name: 'last', type: 'text', example: 'Silva' },
      ],
    ],
    [
      'header text',
      [header('TEXT', { text: 'Order {{1}}', example: { header_text: ['42'] } })],
      [{ key: 'header.1', part: 'header', name: '1', type: 'text', example: '42' }],
    ],
    ...(['IMAGE', 'VIDEO', 'DOCUMENT', 'GIF', 'LOCATION', 'PRODUCT'] as const).map(
      (format): [string, Record<string, unknown>[], unknown[]] => {
        const type = format.toLowerCase();
        return [`header ${type}`, [header(format)], [{ key: `header.${type}`, part: 'header', name: type, type }]];
      },
    ),
    [
      'buttons',
      [
        buttons(
          { type: 'QUICK_REPLY', text: 'Yes' },
          { type: 'URL', url: 'https://e.com/{{1}}', example: ['https://e.com/7'] },
          { type: 'URL', url: 'https://e.com' },
          { type: 'PHONE_NUMBER', phone_number: '+1' },
          { type: 'COPY_CODE', example: 'SAVE25' },
          { type: 'FLOW' },
          { type: 'MPM' },
        ),
      ],
      [
        { key: 'button.0.quick_reply', part: 'button', name: 'payload', type: 'quick_reply', index: 0 },
        { key: 'button.1.url', part: 'button', name: '1', type: 'url', index: 1, example: 'https://e.com/7' },
        { key: 'button.4.copy_code', part: 'button', name: 'code', type: 'copy_code', index: 4, example: 'SAVE25' },
        { key: 'button.5.form', part: 'button', name: 'form', type: 'form', index: 5 },
        { key: 'button.6.products', part: 'button', name: 'products', type: 'products', index: 6 },
      ],
    ],
    [
      'offer end',
      [{ type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Now', has_expiration: true } }],
      [{ key: 'offer.ends_at', part: 'body', name: 'ends_at', type: 'offer_end' }],
    ],
    [
      'carousel',
      [
        body('{{1}}'),
        { type: 'CAROUSEL', cards: [0, 1].map(() => ({ components: [header('IMAGE'), body('{{1}}')] })) },
      ],
      [
        { key: 'body.1', part: 'body', name: '1', type: 'text' },
        { key: 'card.0.header.image', part: 'header', name: 'image', type: 'image', card: 0 },
        { key: 'card.0.body.1', part: 'body', name: '1', type: 'text', card: 0 },
        { key: 'card.1.header.image', part: 'header', name: 'image', type: 'image', card: 1 },
        { key: 'card.1.body.1', part: 'body', name: '1', type: 'text', card: 1 },
      ],
    ],
  ])('%s', (_name, components, expected) => {
    expect(variablesOf(components, 'MARKETING')).toEqual(expected);
  });

  test('an authentication template asks for the code only', () => {
    const components = [body('{{1}} is your code'), buttons({ type: 'URL', url: 'https://e.com/{{1}}' })];
    expect(variablesOf(components, 'AUTHENTICATION')).toEqual([
      { key: 'body.code', part: 'body', name: 'code', type: 'code' },
    ]);
  });
});
