import { manualClock } from '../kit/clock.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../kit/webhook-receiver.ts';
import { SANDBOX_DEFAULTS } from './defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from './sandbox.ts';
import { graph, send } from './test-client.ts';

const { wabaId } = SANDBOX_DEFAULTS;
const PATH = `/${wabaId}/message_templates`;
const clock = manualClock(Date.UTC(2026, 10, 22, 12));
const text = (value: string) => ({ type: 'text', text: value });
const body = (value: string, ...examples: string[]) => ({
  type: 'BODY',
  text: value,
  ...(examples.length > 0 ? { example: { body_text: [examples] } } : {}),
});
const order = body('Hello {{1}}, your order {{2}} is on its way.', 'Ana', '77');

let sandbox: WhatsAppSandbox;
let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startWebhookReceiver(() => ({ status: 404 }));
  sandbox = await startWhatsAppSandbox({ clock, webhookUrl: receiver.url, autoStatuses: [] });
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const create = (more: object = {}) =>
  graph(sandbox, 'POST', PATH, {
    body: { name: 'order_update', category: 'UTILITY', language: 'en_US', components: [order], ...more },
  });

describe('creating', () => {
  test('answers PENDING; the review comes as a webhook', async () => {
    const created = await create();
    expect(created.body).toEqual({ id: expect.stringMatching(/^\d+$/), status: 'PENDING', category: 'UTILITY' });
    await sandbox.waitFor(() => sandbox.templates.list()[0]?.status === 'APPROVED');
    const webhook = await receiver.waitFor(() => receiver.received[0]);
    expect(webhook.body.fields).toMatchObject({
      entry: [
        {
          time: clock.now() / 1000,
          changes: [
            {
              field: 'message_template_status_update',
              value: { event: 'APPROVED', message_template_name: 'order_update' },
            },
          ],
        },
      ],
    });
  });

  const quick = (value: string) => ({ type: 'QUICK_REPLY', text: value });
  const url = (more: object = {}) => ({
    type: 'URL',
    text: 'Open',
    url: 'https://shop.example/{{1}}',
    example: ['a'],
    ...more,
  });
  const buttons = (...list: object[]) => ({ components: [order, { type: 'BUTTONS', buttons: list }] });
  const header = (more: object) => ({ components: [{ type: 'HEADER', ...more }, order] });

  test.each<[string, object, number | undefined]>([
    ['a name with capitals', { name: 'Order' }, 2388042],
    ['no name', { name: '' }, undefined],
    ['an unknown category', { category: 'CHAT' }, undefined],
    ['no body', { components: [{ type: 'FOOTER', text: 'x' }] }, 2388043],
    ['a variable without example', { components: [body('Hello {{1}}, how are you today?')] }, 2388043],
    ['a variable at the end', { components: [body('Your order is {{1}}', 'a')] }, 2388299],
    ['more variables than words', { components: [body('Hello {{1}} and {{2}} yes', 'a', 'b')] }, 2388293],
    ['variables that do not count', { components: [body('Hello {{2}}, how are you today?', 'a')] }, 2388072],
    ['a body that is too long', { components: [body('x'.repeat(1025))] }, 2388040],
    ['a variable in the footer', { components: [order, { type: 'FOOTER', text: 'By {{1}}' }] }, 2388073],
    ['a media header without handle', header({ format: 'IMAGE' }), 2388043],
    ['an unknown handle', header({ format: 'IMAGE', example: { header_handle: ['4::no'] } }), 2388273],
    ['mixed buttons', buttons(quick('a'), url(), quick('b')), 2388060],
    ['three URL buttons', buttons(url(), url(), url()), 2388060],
    ['a URL variable without example', buttons(url({ example: undefined })), 2388060],
    ['an unknown component', { components: [order, { type: 'SIDEBAR' }] }, undefined],
  ])('%s is refused', async (_case, more, subcode) => {
    const answer = await create(more);
    expect(answer).toMatchObject({ status: 400, code: 100 });
    expect(answer.body).toMatchObject({ error: subcode === undefined ? {} : { error_subcode: subcode } });
  });

  test('the same name and language twice, and a deleted name within 30 days', async () => {
    await create();
    await sandbox.waitFor(() => sandbox.templates.list()[0]?.status === 'APPROVED');
    const twice = await create();
    expect(twice.body).toMatchObject({
      error: { error_subcode: 2388024, error_user_title: 'Content in this language already exists' },
    });
    expect((await create({ language: 'de' })).status).toBe(200);
    expect((await graph(sandbox, 'DELETE', `${PATH}?name=order_update`)).body).toEqual({ success: true });
    expect(sandbox.templates.list()).toEqual([]);
    expect((await create()).body).toMatchObject({ error: { error_subcode: 2388023 } });
    clock.advance(30 * 24 * 3_600_000);
    expect((await create()).status).toBe(200);
  });

  test('an approved template is edited once a day and keeps its category', async () => {
    const { id } = sandbox.templates.seed({ name: 'a', components: [order] });
    const edit = (more: object) => graph(sandbox, 'POST', `/${id}`, { body: more });
    expect((await edit({ category: 'MARKETING' })).body).toMatchObject({ error: { code: 100 } });
    expect((await edit({ components: [body('Bye')] })).body).toEqual({ success: true });
    expect(await edit({ components: [order] })).toMatchObject({ code: 100 });
  });
});

test('listing pages through with cursors, filters and fields', async () => {
  for (const name of ['a', 'b', 'c']) sandbox.templates.seed({ name, components: [order] });
  sandbox.templates.seed({ name: 'd', status: 'REJECTED', components: [order] });
  const first = await graph(sandbox, 'GET', `${PATH}?limit=2&status=APPROVED&fields=name`);
  expect(first.body).toMatchObject({ data: [{ name: 'a', id: expect.any(String) }, { name: 'b' }] });
  const { paging } = first.body as { paging: { next: string; cursors: { after: string } } };
  expect(paging.next).toContain(`after=${paging.cursors.after}`);
  const second = await graph(sandbox, 'GET', `${PATH}?limit=2&status=APPROVED&after=${paging.cursors.after}`);
  expect(second.body).toMatchObject({ data: [{ name: 'c', status: 'APPROVED', components: [order] }] });
  expect(second.body['paging']).not.toHaveProperty('next');
  expect(await graph(sandbox, 'GET', `${PATH}?fields=name,shoe_size`)).toMatchObject({ code: 100 });
});

describe('sending', () => {
  const buttons = {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Fine' },
      { type: 'URL', text: 'Open', url: 'https://shop.example/{{1}}' },
    ],
  };
  const sendBody = { type: 'body', parameters: [text('Ana'), text('77')] };
  const open = { type: 'button', sub_type: 'url', index: '1', parameters: [text('77')] };
  const sendIt = (name: string, ...components: object[]) =>
    send(sandbox, { type: 'template', template: { name, language: { code: 'en_US' }, components } });

  beforeEach(() => {
    sandbox.templates.seed({ name: 'order', components: [order, buttons] });
    sandbox.templates.seed({ name: 'picture', components: [{ type: 'HEADER', format: 'IMAGE' }, body('Look')] });
    sandbox.templates.seed({ name: 'paused', status: 'PAUSED', components: [body('x')] });
    sandbox.templates.seed({ name: 'pending', status: 'PENDING', components: [body('x')] });
    sandbox.templates.seed({ name: 'promo', category: 'MARKETING', components: [body('Sale')] });
    sandbox.templates.seed({
      name: 'otp',
      category: 'AUTHENTICATION',
      components: [{ type: 'BODY' }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }],
    });
    sandbox.templates.seed({
      name: 'named',
      parameterFormat: 'NAMED',
      components: [body('Hello {{first_name}}, welcome to the shop.')],
    });
  });

  const otp = (code: string) => ({ type: 'button', sub_type: 'url', index: 0, parameters: [text(code)] });
  const one = (parameter: object) => ({ type: 'body', parameters: [parameter] });

  test.each<[string, string, object[], number | undefined]>([
    ['everything right', 'order', [sendBody, open], undefined],
    ['a parameter too few', 'order', [one(text('Ana')), open], 132000],
    [
      'parameter of another kind',
      'order',
      [{ type: 'body', parameters: [text('a'), { type: 'image' }] }, open],
      132012,
    ],
    ['a line break', 'order', [{ type: 'body', parameters: [text('a\nb'), text('c')] }, open], 132018],
    ['an empty text', 'order', [{ type: 'body', parameters: [text(''), text('c')] }, open], 131008],
    ['a text too long', 'order', [{ type: 'body', parameters: [text('x'.repeat(1024)), text('c')] }, open], 132005],
    ['the URL button without its part', 'order', [sendBody], 131008],
    ['a button that is not there', 'order', [sendBody, open, { ...open, index: 7 }], 132012],
    ['a button of another kind', 'order', [sendBody, { ...open, index: 0 }], 132012],
    ['header missing', 'picture', [], 132012],
    [
      'header right',
      'picture',
      [{ type: 'header', parameters: [{ type: 'image', image: { link: 'https://x.example/a' } }] }],
      undefined,
    ],
    ['paused', 'paused', [], 132015],
    ['not approved', 'pending', [], 132001],
    ['named parameter', 'named', [one({ ...text('Ana'), parameter_name: 'first_name' })], undefined],
    ['name missing', 'named', [one(text('Ana'))], 132012],
    ['one-time code', 'otp', [one(text('123456')), otp('123456')], undefined],
    ['another code on the button', 'otp', [one(text('123456')), otp('999')], 132018],
  ])('%s', async (_case, name, components, code) => {
    const answer = await sendIt(name, ...components);
    expect(answer.code).toBe(code);
    if (code === undefined) expect(answer.body).toMatchObject({ messages: [{ message_status: 'accepted' }] });
  });

  test('authentication needs a phone number; marketing respects the stop', async () => {
    const template = { name: 'otp', language: { code: 'en_US' }, components: [one(text('1')), otp('1')] };
    expect(await send(sandbox, { to: undefined, recipient: 'US.9', type: 'template', template })).toMatchObject({
      code: 131062,
    });
    await sandbox.customer.setsMarketing({ from: '15550001111', value: 'stop' });
    expect(await sendIt('promo')).toMatchObject({ status: 400, code: 131050 });
    await sandbox.customer.setsMarketing({ from: '15550001111', value: 'resume' });
    expect(await sendIt('promo')).toMatchObject({ status: 200 });
  });
});
