import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { contentTypes } from '../../../service/src/channels/twilio/template-components.ts';
import { inOrder, json } from '../../conformance/fake-io.ts';
import { caught } from '../../conformance/probes.ts';
import { SMS, twilioError, WHATSAPP } from './support.ts';

const HX = `HX${'0'.repeat(31)}1`;
const CONTENT = 'https://content.twilio.com';
const templates = twilioWhatsApp.templates as NonNullable<typeof twilioWhatsApp.templates>;
const smsTemplates = twilioSms.templates as NonNullable<typeof twilioSms.templates>;

const stored = (change: Record<string, unknown> = {}) => ({
  ...{ sid: HX, friendly_name: 'order_update', language: 'en', variables: { 1: 'Ana', 2: 'B-7' } },
  types: { 'twilio/text': { body: 'Dear {{1}}, your order {{2}} is ready, {{1}}.' } },
  approval_requests: { status: 'approved', category: 'UTILITY', name: 'order_update', rejection_reason: '' },
  ...change,
});
const ORDER = {
  ...{
    id: HX,
    name: 'order_update',
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    parameterFormat: 'named',
  },
  components: [{ type: 'twilio/text', body: 'Dear {{1}}, your order {{2}} is ready, {{1}}.' }],
  variables: [
    { key: 'body.1', part: 'body', name: '1', type: 'text', example: 'Ana' },
    { key: 'body.2', part: 'body', name: '2', type: 'text', example: 'B-7' },
  ],
};
const page = (contents: unknown[], next: string | null = null) =>
  json(200, { contents, meta: { next_page_url: next } });

test('a listed content is a template whose variables go by their numbers', async () => {
  const { io, requests } = inOrder(page([stored()]));
  await expect(templates.list({}, WHATSAPP, io)).resolves.toEqual({ data: [ORDER] });
  expect(requests).toMatchObject([
    { method: 'GET', url: `${CONTENT}/v2/ContentAndApprovals`, query: { PageSize: 100 } },
  ]);
});

test.each([
  ['a status', { status: 'approved' }, ['order_update', 'other']],
  ['another status', { status: 'PAUSED' }, []],
  ['a category', { category: 'utility' }, ['order_update', 'other']],
  ['a part of the name', { name: 'order' }, ['order_update']],
  ['a language', { language: 'en' }, ['order_update', 'other']],
])('is filtered by %s', async (_name, query, names) => {
  const { io } = inOrder(
    page([stored(), stored({ friendly_name: 'other' }), stored({ language: 'de', friendly_name: 'x' })]),
  );
  const { data } = await templates.list({ ...query, language: 'en' }, WHATSAPP, io);
  expect(data.map(({ name }) => name)).toEqual(names);
});

test('what Parley stored for buttons is no template', async () => {
  const { io } = inOrder(page([stored({ friendly_name: 'parley_quick_reply_0123456789abcdef' })]));
  await expect(templates.list({}, WHATSAPP, io)).resolves.toEqual({ data: [] });
});

test('a page leads to the next', async () => {
  const next = `${CONTENT}/v2/ContentAndApprovals?PageSize=100&Page=1&PageToken=PT1&Other=x`;
  const { io, requests } = inOrder(page([stored()], next), page([]));
  const first = await templates.list({ limit: 100 }, WHATSAPP, io);
  expect(first.next).toBe('Page=1&PageToken=PT1');
  await templates.list({ limit: 100, after: first.next ?? '' }, WHATSAPP, io);
  expect(requests[1]?.query).toMatchObject({ PageSize: 100, Page: '1', PageToken: 'PT1' });
});

test.each([
  ['not submitted', { status: 'unsubmitted' }, 'UNSUBMITTED'],
  ['without an approval', undefined, 'UNSUBMITTED'],
  ['rejected', { status: 'rejected', rejection_reason: 'INVALID_FORMAT' }, 'REJECTED'],
  ['in the form of the approval', { whatsapp: { status: 'paused' } }, 'PAUSED'],
])('a content that is %s', async (_name, approval_requests, status) => {
  const { data } = await templates.list({}, WHATSAPP, inOrder(page([stored({ approval_requests })])).io);
  expect(data).toMatchObject([{ status }]);
  if (status === 'REJECTED') expect(data[0]?.rejectedReason).toBe('INVALID_FORMAT');
});

test('SMS has the contents it can show, and they need no approval', async () => {
  const card = stored({ types: { 'whatsapp/card': { body: 'x' } } });
  const { io } = inOrder(page([stored({ approval_requests: { status: 'rejected' } }), card]));
  await expect(smsTemplates.list({ status: 'APPROVED' }, SMS, io)).resolves.toMatchObject({ data: [{ id: HX }] });
});

test('variables stand anywhere, are numbers or words, and an authentication template has a code', async () => {
  const card = {
    body: 'Hi {{2}}',
    media: ['https://a.example/{{10}}'],
    actions: [{ url: 'https://a.example/{{name}}' }],
  };
  const { io } = inOrder(
    page([
      stored({ types: { 'whatsapp/card': card } }),
      stored({
        types: { 'whatsapp/authentication': { actions: [{ copy_code_text: 'Copy' }] } },
        approval_requests: {},
      }),
    ]),
  );
  const { data } = await templates.list({}, WHATSAPP, io);
  expect(data[0]?.variables.map(({ name }) => name)).toEqual(['2', '10', 'name']);
  expect(data[1]).toMatchObject({
    category: 'AUTHENTICATION',
    variables: [{ key: 'body.code', part: 'body', name: 'code', type: 'code' }],
  });
});

test('one template is read with its approval', async () => {
  const approval = { sid: HX, whatsapp: { status: 'pending', category: 'MARKETING' } };
  const { io, requests } = inOrder(json(200, stored({ approval_requests: undefined })), json(200, approval));
  await expect(templates.get(HX, WHATSAPP, io)).resolves.toEqual({
    ...ORDER,
    status: 'PENDING',
    category: 'MARKETING',
  });
  expect(requests.map(({ url }) => url)).toEqual([
    `${CONTENT}/v1/Content/${HX}`,
    `${CONTENT}/v1/Content/${HX}/ApprovalRequests`,
  ]);
  const sms = inOrder(json(200, stored()));
  await expect(smsTemplates.get(HX, SMS, sms.io)).resolves.toMatchObject({ status: 'APPROVED' });
});

test.each([['123'], ['../Accounts'], ['']])('the id %j is not asked for', async (id) => {
  const { io, requests } = inOrder();
  await expect(templates.get(id, WHATSAPP, io)).rejects.toMatchObject({ kind: 'invalid' });
  await expect(templates.edit(id, { components: [] }, WHATSAPP, io)).rejects.toMatchObject({ kind: 'invalid' });
  expect(requests).toEqual([]);
});

const TEXT = [{ type: 'twilio/text', body: 'Dear {{1}}, hello.', variables: { 1: 'Ana' } }];
const create = { name: 'greeting', language: 'en', category: 'UTILITY', components: TEXT };

test('a new template is stored and submitted', async () => {
  const { io, requests } = inOrder(json(201, { sid: HX }), json(201, { status: 'received', category: 'UTILITY' }));
  await expect(templates.create(create, WHATSAPP, io)).resolves.toEqual({
    id: HX,
    status: 'RECEIVED',
    category: 'UTILITY',
  });
  expect(requests).toMatchObject([
    {
      url: `${CONTENT}/v1/Content`,
      json: {
        ...{ friendly_name: 'greeting', language: 'en', variables: { 1: 'Ana' } },
        types: { 'twilio/text': { body: 'Dear {{1}}, hello.' } },
      },
    },
    { url: `${CONTENT}/v1/Content/${HX}/ApprovalRequests/whatsapp`, json: { name: 'greeting', category: 'UTILITY' } },
  ]);
});

test('one that cannot be submitted leaves nothing behind', async () => {
  const { io, requests } = inOrder(json(201, { sid: HX }), twilioError(20001), json(204, undefined));
  await expect(templates.create(create, WHATSAPP, io)).rejects.toMatchObject({ kind: 'rejected' });
  expect(requests.at(-1)).toMatchObject({ method: 'DELETE', url: `${CONTENT}/v1/Content/${HX}` });
});

test('one for SMS needs no approval', async () => {
  const { io, requests } = inOrder(json(201, { sid: HX }));
  await expect(smsTemplates.create(create, SMS, io)).resolves.toMatchObject({ status: 'APPROVED' });
  expect(requests).toHaveLength(1);
});

test('a template is edited by its types, not by its category', async () => {
  const { io, requests } = inOrder(json(200, {}));
  await templates.edit(HX, { components: TEXT }, WHATSAPP, io);
  expect(requests).toMatchObject([{ method: 'PUT', json: { types: { 'twilio/text': {} }, variables: { 1: 'Ana' } } }]);
  await expect(templates.edit(HX, { category: 'MARKETING' }, WHATSAPP, io)).rejects.toMatchObject({ kind: 'invalid' });
});

test('all languages of a name are removed, or one', async () => {
  const both = json(200, {
    contents: [stored(), stored({ sid: `${HX}2`, language: 'de' }), stored({ friendly_name: 'x' })],
  });
  const all = inOrder(both, json(204, undefined), json(204, undefined));
  await templates.remove({ name: 'order_update' }, WHATSAPP, all.io);
  expect(all.requests.slice(1).map(({ url }) => url)).toEqual([
    `${CONTENT}/v1/Content/${HX}`,
    `${CONTENT}/v1/Content/${HX}2`,
  ]);
  const one = inOrder(json(204, undefined));
  await templates.remove({ name: 'order_update', id: HX }, WHATSAPP, one.io);
  expect(one.requests).toMatchObject([{ method: 'DELETE', url: `${CONTENT}/v1/Content/${HX}` }]);
  const none = inOrder(json(200, { contents: [] }));
  await expect(templates.remove({ name: 'x' }, WHATSAPP, none.io)).rejects.toMatchObject({ kind: 'rejected' });
});

describe("components in WhatsApp's words", () => {
  const BODY = { type: 'BODY', text: 'Hi {{1}}, take {{2}}, {{1}}.', example: { body_text: [['Ana', 'tea']] } };
  const reply = { type: 'QUICK_REPLY', text: 'Yes' };
  const site = { type: 'URL', text: 'Track', url: 'https://a.example/{{1}}', example: ['b7'] };
  const said = { body: 'Hi {{1}}, take {{2}}, {{1}}.' };

  test.each([
    ['a text', [BODY], { 'twilio/text': said }],
    [
      'quick replies',
      [BODY, { type: 'BUTTONS', buttons: [reply] }],
      { 'twilio/quick-reply': { ...said, actions: [{ type: 'QUICK_REPLY', title: 'Yes', id: 'Yes' }] } },
    ],
    [
      'calls to action',
      [BODY, { type: 'BUTTONS', buttons: [site, { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+1555' }] }],
      {
        'twilio/call-to-action': {
          ...said,
          actions: [
            { type: 'URL', title: 'Track', url: 'https://a.example/{{3}}' },
            { type: 'PHONE_NUMBER', title: 'Call', phone: '+1555' },
          ],
        },
      },
    ],
    ['a footer', [BODY, { type: 'FOOTER', text: 'Bye' }], { 'whatsapp/card': { ...said, footer: 'Bye' } }],
    [
      'a mix of buttons',
      [BODY, { type: 'BUTTONS', buttons: [reply, { type: 'COPY_CODE', example: 'SAVE' }] }],
      {
        'whatsapp/card': {
          ...said,
          actions: [
            { type: 'QUICK_REPLY', title: 'Yes', id: 'Yes' },
            { type: 'COPY_CODE', title: 'Copy', code: 'SAVE' },
          ],
        },
      },
    ],
    [
      'a file above',
      [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://a.example/1.jpg'] } }, BODY],
      { 'whatsapp/card': { ...said, media: ['https://a.example/1.jpg'] } },
    ],
  ])('%s', (_name, components, types) => {
    expect(contentTypes(components)).toMatchObject({ types, variables: { 1: 'Ana', 2: 'tea' } });
  });

  test('variables are numbered through header, body and buttons', () => {
    const header = { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['B-7'] } };
    expect(contentTypes([header, BODY, { type: 'BUTTONS', buttons: [site] }])).toEqual({
      types: {
        'whatsapp/card': {
          ...{ header_text: 'Order {{1}}', body: 'Hi {{2}}, take {{3}}, {{2}}.' },
          actions: [{ type: 'URL', title: 'Track', url: 'https://a.example/{{4}}' }],
        },
      },
      variables: { 1: 'B-7', 2: 'Ana', 3: 'tea', 4: 'b7' },
    });
  });

  test.each([
    ['nothing', []],
    ['no body', [{ type: 'FOOTER', text: 'x' }]],
    ['a named variable', [{ type: 'BODY', text: 'Hi {{name}}' }]],
    ["a handle of Meta's", [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW'] } }, BODY]],
    ['a button that Twilio lacks', [BODY, { type: 'BUTTONS', buttons: [{ type: 'FLOW', text: 'x' }] }]],
  ])('%s is invalid', (_name, components) => {
    expect(caught(() => contentTypes(components))).toMatchObject({ kind: 'invalid' });
  });
});
