/** Template operations and Session → Get, from the form to the provider and back. */
import type { IDataObject } from 'n8n-workflow';
import { ANA, closeApps, DAY, HOUR, type App } from '../../support/app.ts';
import { anaWrites, fileItem, itemsOf, type NodeFixture, startNodes, triggerWorkflow } from './node-fixture.ts';

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

const template = (operation: string, more: IDataObject = {}) => ({ resource: 'template', operation, ...more });
const picked = (value: string, mode = 'list') => ({ __rl: true, mode, value });
const body = (text: string) => ({ type: 'BODY', text });
const stored = (id: unknown) => app.sandbox.templates.list().find((one) => one.id === id);

describe('create', () => {
  test('from the form, with an example file, examples and buttons', async () => {
    const items = [fileItem('png', 'image/png', 'a.png')];
    const button = [
      { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}', example: '77' },
      { type: 'PHONE_NUMBER', text: 'Call', phone: '+15550001111' },
      { type: 'QUICK_REPLY', text: 'Thanks' },
    ];
    const parameters = template('create', {
      ...{ templateName: 'shipped', language: 'en_US', category: 'UTILITY', headerFormat: 'IMAGE', footer: 'Bye' },
      body: 'Hello {{first_name}}, your order has left.',
      examples: { example: [{ name: 'first_name', value: 'Ana' }] },
      templateButtons: { button },
      options: { ttlSeconds: 900 },
    });
    const [item] = await nodes.output(parameters, { items });
    const expected = { name: 'shipped', language: 'en_US', status: 'PENDING', category: 'UTILITY' };
    expect(item?.json).toEqual({ id: expect.stringMatching(/^\d+$/), ...expected });
    expect(stored(item?.json['id'])).toMatchObject({
      parameterFormat: 'NAMED',
      messageSendTtlSeconds: 900,
      components: [
        { type: 'HEADER', format: 'IMAGE', example: { header_handle: [expect.any(String)] } },
        { ...body('Hello {{first_name}}, your order has left.'), example: { body_text_named_params: [{}] } },
        { type: 'FOOTER', text: 'Bye' },
        { type: 'BUTTONS', buttons: [{ type: 'URL', example: ['77'] }, { phone_number: '+15550001111' }, {}] },
      ],
    });
  });

  test('of one-time codes', async () => {
    const parameters = { templateName: 'code', language: 'en_US', category: 'AUTHENTICATION', expiryMinutes: 5 };
    const [item] = await nodes.output(template('create', parameters));
    expect(stored(item?.json['id'])?.components).toEqual([
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 5 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ]);
  });

  test('from JSON, and its review is told to the trigger', async () => {
    const workflow = triggerWorkflow({ events: ['template'], options: { ifSetUpFails: 'start' } });
    await nodes.engine.activate(workflow);
    const componentsJson = JSON.stringify([body('Hello there')]);
    const parameters = { templateName: 'hello', language: 'es', componentsFrom: 'json', componentsJson };
    const [item] = await nodes.output(template('create', parameters));
    const [event] = itemsOf(await nodes.ran(workflow, 1));
    expect(event?.json).toMatchObject({ event: 'template.status', channel: 'whatsapp' });
    expect(JSON.stringify(event?.json)).toContain(String(item?.json['id']));
  });

  test.each<[string, IDataObject, RegExp]>([
    ['without an example', { templateName: 'hello', body: 'Hi {{1}} you' }, /^The variable \{\{1\}\} has no example$/],
    ['that Meta refuses', { templateName: 'Hello!', body: 'Hi' }, /^The content cannot be taken as it is: .*lowercase/],
  ])('%s is refused', async (_name, parameters, message) => {
    const error = await nodes.failure(template('create', parameters));
    expect(error.message).toMatch(message);
    expect(app.sandbox.templates.list()).toEqual([]);
  });
});

describe('get many', () => {
  beforeEach(() => {
    for (let index = 0; index < 230; index++) {
      const category = index % 2 === 0 ? 'MARKETING' : 'UTILITY';
      app.sandbox.templates.seed({ name: `promo_${String(index)}`, category, components: [body('Hello there')] });
    }
  });

  test.each<[string, IDataObject, number]>([
    ['all', { returnAll: true }, 230],
    ['all of a category', { returnAll: true, filters: { category: 'UTILITY' } }, 115],
    ['up to a limit', { limit: 120 }, 120],
    ['fifty unless told otherwise', {}, 50],
    ['of a name', { returnAll: true, filters: { name: 'promo_7' } }, 1],
  ])('%s', async (_name, parameters, count) => {
    const items = await nodes.output(template('getAll', parameters));
    expect(items).toHaveLength(count);
    expect(new Set(items.map(({ json }) => json['id'])).size).toBe(count);
    expect(items.at(-1)?.pairedItem).toEqual({ item: 0 });
  });
});

describe('one template', () => {
  const seeded = (name = 'order', language = 'en_US') =>
    app.sandbox.templates.seed({ name, language, components: [body('Hi {{1}} you')] });

  test('is got, simplified and whole', async () => {
    const { id } = seeded();
    const [simple] = await nodes.output(template('get', { template: picked(id) }));
    const expected = { id, name: 'order', language: 'en_US', status: 'APPROVED', category: 'UTILITY' };
    expect(simple?.json).toMatchObject({ ...expected, body: 'Hi {{1}} you', variables: ['body.1'] });
    const [whole] = await nodes.output(template('get', { template: picked(id, 'id'), simplify: false }));
    expect(whole?.json).toMatchObject({ ...expected, components: [body('Hi {{1}} you')] });
  });

  test('is updated', async () => {
    const { id } = seeded();
    const parameters = { template: picked('order/en_US', 'name'), body: 'A new text' };
    expect(await nodes.output(template('update', parameters))).toMatchObject([{ json: { updated: true, id } }]);
    expect(stored(id)?.components).toEqual([body('A new text')]);
    const { message } = await nodes.failure(template('update', parameters));
    expect(message).toMatch(/once in 24 hours/);
  });

  test.each([
    ['in one language', false, ['es']],
    ['in all languages', true, []],
  ])('is deleted %s', async (_name, allLanguages, left) => {
    const { id } = seeded();
    seeded('order', 'es');
    const parameters = { template: picked(id), allLanguages };
    expect(await nodes.output(template('delete', parameters))).toMatchObject([{ json: { deleted: true } }]);
    expect(app.sandbox.templates.list().map(({ language }) => language)).toEqual(left);
  });

  test('that is gone is said to be', async () => {
    const { id } = seeded();
    await nodes.output(template('delete', { template: picked(id) }));
    expect((await nodes.failure(template('get', { template: picked(id) }))).message).toContain(id);
  });
});

describe('session', () => {
  const get = { resource: 'session', operation: 'get', to: `+${ANA}` };

  test('open, with its end and what opened it', async () => {
    await anaWrites(app);
    const [item] = await nodes.output(get);
    expect(item?.json).toMatchObject({ allowed: true, reasonCodes: [], sessionOpen: true, contactName: 'Ana' });
    const ends = Date.parse(String(item?.json['sessionExpiresAt']));
    expect(Math.abs(ends - (app.clock.now() + DAY))).toBeLessThanOrEqual(1_000);
    expect(item?.json['sessionOpenedBy']).toBeTruthy();
  });

  test('closed, with the reason; a template may be sent', async () => {
    await anaWrites(app);
    app.advance(25 * HOUR);
    const [item] = await nodes.output(get);
    expect(item?.json).toMatchObject({ allowed: false, reasonCodes: ['session_closed'], sessionOpen: false });
    expect(item?.json['reason']).toMatch(/^The session window ended at /);
    expect(await nodes.output({ ...get, kind: 'template' })).toMatchObject([{ json: { allowed: true } }]);
  });
});
