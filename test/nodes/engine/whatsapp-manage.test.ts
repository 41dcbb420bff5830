/** Template, Media and Session operations, and what the editor asks, in n8n's real engine. */
import type { IDataObject } from 'n8n-workflow';
import type { Permission, Template } from '../../../contract/api.ts';
import {
  actionWorkflow,
  type ActionFixture,
  file,
  NODE,
  problem,
  startActionFixture,
  TEMPLATE,
} from './action-fixture.ts';

let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture();
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
  fixture.service.answers.set('GET /v1/templates/168', () => ({ body: TEMPLATE }));
});

const picked = { __rl: true, mode: 'list', value: '168' };
const template = (operation: string, more: IDataObject = {}) => ({ resource: 'template', operation, ...more });

/** So many templates in pages as asked for. */
function serveTemplates(count: number): void {
  const all: Template[] = Array.from({ length: count }, (_, index) => ({
    ...TEMPLATE,
    id: String(index),
    name: index % 2 === 0 ? `order_${String(index)}` : `promo_${String(index)}`,
  }));
  fixture.service.answers.set('GET /v1/templates', ({ query }) => {
    const start = Number(query['after'] ?? 0);
    const end = start + Number(query['limit']);
    return { body: { data: all.slice(start, end), ...(end < count ? { next: String(end) } : {}) } };
  });
}

describe('template', () => {
  test('create from the form', async () => {
    fixture.service.answers.set('POST /v1/templates', () => ({
      status: 201,
      body: { id: '9', status: 'PENDING', category: 'UTILITY' },
    }));
    fixture.service.answers.set('POST /v1/media', () => ({ status: 201, body: { id: '4::handle' } }));
    const items = [{ json: {}, binary: file('png', 'image/png', 'a.png') }];
    const parameters = template('create', {
      templateName: 'shipped',
      language: 'en_US',
      headerFormat: 'IMAGE',
      body: 'Order {{1}} has left.',
      examples: { example: [{ name: '1', value: '77' }] },
      options: { allowCategoryChange: true, ttlSeconds: 900 },
    });
    const [item] = await fixture.output(parameters, { items });
    expect(item?.json).toEqual({ id: '9', status: 'PENDING', category: 'UTILITY', name: 'shipped', language: 'en_US' });
    expect(fixture.service.at('POST /v1/media').at(-1)?.query).toMatchObject({ purpose: 'template_example' });
    expect(fixture.service.at('POST /v1/templates').at(-1)?.body).toEqual({
      name: 'shipped',
      language: 'en_US',
      category: 'UTILITY',
      parameterFormat: 'positional',
      components: [
        { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::handle'] } },
        { type: 'BODY', text: 'Order {{1}} has left.', example: { body_text: [['77']] } },
      ],
      allowCategoryChange: true,
      ttlSeconds: 900,
    });
  });

  test('get, simplified and whole', async () => {
    const [simple] = await fixture.output(template('get', { template: picked }));
    expect(simple?.json).toMatchObject({
      id: '168',
      body: 'Hi {{first_name}}, order {{number}}.',
      variables: ['header.image', 'body.first_name', 'button.0.url'],
    });
    const [whole] = await fixture.output(template('get', { template: picked, simplify: false }));
    expect(whole?.json).toEqual(TEMPLATE);
  });

  test.each<[string, IDataObject, number, number]>([
    ['all of them', { returnAll: true }, 250, 3],
    ['up to a limit', { limit: 120 }, 120, 2],
    ['fifty unless told otherwise', {}, 50, 1],
  ])('get many: %s', async (_, parameters, expected, pages) => {
    serveTemplates(250);
    const output = await fixture.output(template('getAll', { ...parameters, filters: { status: 'APPROVED' } }));
    expect(output).toHaveLength(expected);
    const calls = fixture.service.at('GET /v1/templates').slice(1);
    expect(calls).toHaveLength(pages);
    expect(calls[0]?.query).toMatchObject({ status: 'APPROVED' });
  });

  test('update replaces the content', async () => {
    fixture.service.answers.set('PATCH /v1/templates/168', () => ({ body: { updated: true } }));
    const [item] = await fixture.output(template('update', { template: picked, body: 'New text', options: {} }));
    expect(item?.json).toEqual({ updated: true, id: '168', name: 'order_confirmation', language: 'en_US' });
    expect(fixture.service.at('PATCH /v1/templates/168').at(-1)?.body).toEqual({
      components: [{ type: 'BODY', text: 'New text' }],
    });
  });

  test('update with nothing to change says so', async () => {
    const error = await fixture.failure(template('update', { template: picked, componentsFrom: 'keep' }));
    expect(error.message).toMatch(/nothing to change/);
  });

  test.each<[boolean, IDataObject]>([
    [false, { name: 'order_confirmation', id: '168' }],
    [true, { name: 'order_confirmation' }],
  ])('delete, all languages %s', async (allLanguages, expected) => {
    fixture.service.answers.set('DELETE /v1/templates', () => ({ body: { deleted: true } }));
    const [item] = await fixture.output(template('delete', { template: picked, allLanguages }));
    expect(item?.json).toEqual({ deleted: true });
    const {
      channel: _c,
      externalId: _e,
      settingsDigest: _s,
      ...query
    } = fixture.service.at('DELETE /v1/templates').at(-1)?.query ?? {};
    expect(query).toEqual(expected);
  });

  test('one that is not there', async () => {
    const error = await fixture.failure(template('get', { template: { ...picked, value: '404' } }));
    expect(error.message).toMatch(/^Not found/);
  });
});

describe('media', () => {
  test('download puts the bytes, name and type into a binary field', async () => {
    fixture.service.answers.set('GET /v1/media/med_1', () => ({
      body: Buffer.from('%PDF'),
      headers: {
        'content-type': 'application/pdf',
        'content-disposition': "attachment; filename*=UTF-8''caf%C3%A9.pdf",
      },
    }));
    const parameters = { resource: 'media', operation: 'download', mediaId: 'med_1', outputField: 'file' };
    const [item] = await fixture.output(parameters);
    expect(item).toMatchObject({
      json: { mediaId: 'med_1', mimeType: 'application/pdf', fileName: 'café.pdf' },
      pairedItem: { item: 0 },
    });
    const binary = item?.binary?.['file'];
    if (!binary) throw new Error('no binary');
    expect(String(await fixture.engine.readBinary(binary))).toBe('%PDF');
  });

  test('a file that is gone', async () => {
    fixture.service.answers.set('GET /v1/media/med_1', () => problem(410, 'media_gone', 'Kept for 7 days'));
    const error = await fixture.failure({ resource: 'media', operation: 'download', mediaId: 'med_1' });
    expect(error.message).toMatch(/no longer there: Kept for 7 days/);
  });

  test('upload gives the media ID', async () => {
    const uploaded = { id: '77', mimeType: 'image/png', sha256: 'ab', bytes: 3, reused: true };
    fixture.service.answers.set('POST /v1/media', () => ({ status: 201, body: uploaded }));
    const items = [{ json: {}, binary: file('png', 'image/png', 'a.png') }];
    const [item] = await fixture.output({ resource: 'media', operation: 'upload' }, { items });
    expect(item?.json).toEqual({ mediaId: '77', mimeType: 'image/png', sha256: 'ab', bytes: 3, reused: true });
  });
});

test('session: may I send, why not, until when', async () => {
  const permission: Permission = {
    allowed: false,
    reasons: [{ code: 'session_closed', detail: 'The session closed yesterday' }],
    session: { open: false, expiresAt: '2026-11-21T10:00:00.000Z' },
    conversationId: 'con_1',
  };
  fixture.service.answers.set('GET /v1/permission', () => ({ body: permission }));
  const [item] = await fixture.output({ resource: 'session', operation: 'get', to: '+15550001111', kind: 'text' });
  expect(item?.json).toMatchObject({
    allowed: false,
    reason: 'The session closed yesterday',
    reasonCodes: ['session_closed'],
    sessionOpen: false,
    sessionExpiresAt: '2026-11-21T10:00:00.000Z',
    conversationId: 'con_1',
  });
  expect(fixture.service.at('GET /v1/permission').at(-1)?.query).toMatchObject({ to: '+15550001111', kind: 'text' });
});

test.each<[string, IDataObject, object]>([
  ['a campaign', { kind: 'text', purpose: 'campaign' }, { kind: 'text', purpose: 'campaign' }],
  ['a reply', { kind: 'text', purpose: 'reply' }, { kind: 'text' }],
  [
    'a template in a language',
    { kind: 'template', askedTemplate: 'news/en_US', purpose: 'campaign' },
    { kind: 'template', template: 'news', language: 'en_US', purpose: 'campaign' },
  ],
  ['a template by its ID', { kind: 'template', askedTemplate: ' 168955 ' }, { kind: 'template', template: '168955' }],
  ['any template', { kind: 'template' }, { kind: 'template' }],
  ['no template', { kind: 'text', askedTemplate: 'news/en_US' }, { kind: 'text' }],
])('session: asks about %s', async (_what, form, query) => {
  const permission: Permission = { allowed: true, reasons: [], session: { open: true } };
  fixture.service.answers.set('GET /v1/permission', () => ({ body: permission }));
  await fixture.output({ resource: 'session', operation: 'get', to: '+15550001111', ...form });
  const asked = fixture.service.at('GET /v1/permission').at(-1)?.query ?? {};
  const { channel: _, externalId: __, to: ___, settingsDigest: ____, ...about } = asked as Record<string, string>;
  expect(about).toEqual(query);
});

describe('the editor', () => {
  const workflow = (more: IDataObject = {}) =>
    actionWorkflow({ resource: 'message', operation: 'sendTemplate', template: picked, ...more });

  test('lists approved templates, searches them, and goes on with the next page', async () => {
    serveTemplates(250);
    const first = await fixture.engine.editor('listSearch', workflow(), NODE, 'searchApprovedTemplates', 'ORDER_');
    expect(first).toMatchObject({ paginationToken: '100' });
    expect((first as { results: unknown[] }).results[0]).toEqual({
      name: 'order_0 (en_US)',
      value: '0',
      description: 'UTILITY',
    });
    expect(fixture.service.at('GET /v1/templates').at(-1)?.query).toMatchObject({ status: 'APPROVED' });
    const last = await fixture.engine.editor('listSearch', workflow(), NODE, 'searchApprovedTemplates', '', '200');
    expect((last as { results: unknown[] }).results).toHaveLength(50);
  });

  test('shows the variables of the chosen template as fields', async () => {
    const { fields } = (await fixture.engine.editor('resourceMapping', workflow(), NODE, 'getTemplateVariables')) as {
      fields: { id: string; displayName: string; required: boolean }[];
    };
    expect(fields.map(({ id, displayName, required }) => [id, displayName, required])).toEqual([
      ['header.image', 'Header: image (link, media ID or binary field)', true],
      ['body.first_name', 'Body: first_name (e.g. Ana)', true],
      ['button.0.url', 'Button 1: link ending', true],
    ]);
  });

  test('asks for a template first', async () => {
    const empty = workflow({ template: { __rl: true, mode: 'list', value: '' } });
    expect(await fixture.engine.editor('resourceMapping', empty, NODE, 'getTemplateVariables')).toEqual({
      fields: [],
      emptyFieldsNotice: 'Choose a template first.',
    });
  });

  test('tests the Parley credential', async () => {
    fixture.service.answers.set('GET /v1/accounts', () => ({ body: { data: [] } }));
    expect(await fixture.engine.testCredential('parleyApi')).toMatchObject({ status: 'OK' });
    Object.assign(fixture.parleyApi, { apiKey: 'wrong' });
    expect(await fixture.engine.testCredential('parleyApi')).toMatchObject({ status: 'Error' });
  });

  test('tests the WhatsApp credential against the Graph API', async () => {
    const number = {
      accessToken: 'action-key',
      phoneNumberId: '106',
      apiVersion: 'v24.0',
      baseUrl: fixture.service.url,
    };
    fixture.service.answers.set('GET /v24.0/106', () => ({ body: { id: '106' } }));
    expect(await fixture.engine.testCredential('whatsAppCloudApi', number)).toMatchObject({ status: 'OK' });
    expect(fixture.service.at('GET /v24.0/106')[0]?.query['fields']).toMatch(/^id,display_phone_number,verified_name/);
  });
});
