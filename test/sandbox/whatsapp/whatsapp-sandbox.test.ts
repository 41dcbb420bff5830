import { manualClock } from '../kit/clock.ts';
import { SANDBOX_DEFAULTS } from './defaults.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from './sandbox.ts';
import { graph, messageIdOf, send } from './test-client.ts';

const { phoneNumberId, displayPhoneNumber } = SANDBOX_DEFAULTS;
const USER = '15550001111';
const HOUR_MS = 3_600_000;
const clock = manualClock(Date.UTC(2026, 10, 22, 12));
const link = 'https://files.example/picture.jpg';
const x = (length: number) => 'x'.repeat(length);

let sandbox: WhatsAppSandbox;
beforeAll(async () => {
  sandbox = await startWhatsAppSandbox({ clock, limitPairRate: false, throughputPerSecond: null });
  await sandbox.customer.sends({ from: USER, name: 'Ana', text: 'hello', id: 'wamid.HELLO' });
  await sandbox.customer.sends({
    from: USER,
    reaction: { messageId: 'wamid.HELLO', emoji: '👍' },
    id: 'wamid.REACTION',
  });
});
afterAll(() => sandbox.close());

const interactive = (type: string, action: object, more: object = {}) => ({
  type: 'interactive',
  interactive: { type, body: { text: 'Choose' }, action, ...more },
});
const button = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
const row = (id: string) => ({ id, title: `Row ${id}` });
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(String(index)));
const flow = (parameters: object) =>
  interactive('flow', { name: 'flow', parameters: { flow_message_version: '3', flow_id: '1', ...parameters } });
const cta = (parameters: object) => interactive('cta_url', { name: 'cta_url', parameters });
const card = (index: number, more: object = {}) => ({
  card_index: index,
  type: 'cta_url',
  header: { type: 'image', image: { link } },
  action: { name: 'cta_url', parameters: { display_text: 'Shop', url: 'https://shop.example' } },
  ...more,
});
const products = (count: number) => ({
  catalog_id: '1',
  sections: [
    { title: 'S', product_items: Array.from({ length: count }, (_, i) => ({ product_retailer_id: `sku-${i}` })) },
  ],
});
const headerText = { header: { type: 'text', text: 'Shop' } };
const name = { formatted_name: 'Ana Silva', first_name: 'Ana' };

describe('kinds that are accepted', () => {
  test.each<[string, Record<string, unknown>]>([
    ['text', { type: 'text', text: { body: x(4096), preview_url: true } }],
    ['quoted text', { type: 'text', text: { body: 'x' }, context: { message_id: 'wamid.HELLO' } }],
    ['image by link', { type: 'image', image: { link, caption: x(1024) } }],
    ['document by link', { type: 'document', document: { link, filename: 'a.pdf' } }],
    ['voice', { type: 'audio', audio: { link, voice: true } }],
    ['sticker', { type: 'sticker', sticker: { link } }],
    ['location', { type: 'location', location: { latitude: '37.75', longitude: -122.42, name: 'HQ' } }],
    ['contacts', { type: 'contacts', contacts: [{ name, phones: [{ phone: '+15550001111' }] }] }],
    ['reaction', { type: 'reaction', reaction: { message_id: 'wamid.HELLO', emoji: '👍' } }],
    ['reaction removed', { type: 'reaction', reaction: { message_id: 'wamid.HELLO', emoji: '' } }],
    ['buttons', interactive('button', { buttons: [button('a', 'Yes'), button('b', 'No')] })],
    ['list', interactive('list', { button: 'Choose', sections: [{ rows: rows(10) }] })],
    ['link button', cta({ display_text: 'Open', url: 'https://shop.example' })],
    ['location request', interactive('location_request_message', { name: 'send_location' })],
    ['address', interactive('address_message', { name: 'address_message', parameters: { country: 'IN' } })],
    ['contact request', interactive('request_contact_info', { name: 'request_contact_info' })],
    ['flow', flow({ flow_cta: 'Book', flow_action: 'navigate', flow_action_payload: { screen: 'S1' } })],
    ['product', interactive('product', { catalog_id: '1', product_retailer_id: 'sku' })],
    ['product list', interactive('product_list', products(30), headerText)],
    ['catalog', interactive('catalog_message', { name: 'catalog_message' })],
    ['carousel', interactive('carousel', { cards: [card(0), card(1)] })],
  ])('%s', async (_kind, content) => {
    const answer = await send(sandbox, content);
    expect(answer.body).toMatchObject({
      messaging_product: 'whatsapp',
      contacts: [{ input: '+1 (555) 000-1111', wa_id: USER }],
      messages: [{ id: expect.stringMatching(/^wamid\./) }],
    });
    expect(answer.status).toBe(200);
  });
});

describe('bodies that are refused', () => {
  test.each<[string, Record<string, unknown>, number]>([
    ['other product', { messaging_product: 'sms', type: 'text', text: { body: 'x' } }, 100],
    ['recipient is no number', { to: 'Ana', type: 'text', text: { body: 'x' } }, 100],
    ['two recipients', { recipient: 'US.1', type: 'text', text: { body: 'x' } }, 131009],
    ['unknown kind', { type: 'poll', poll: {} }, 131051],
    ['stray member', { type: 'text', text: { body: 'x' }, image: { link } }, 100],
    ['content missing', { type: 'text' }, 131008],
    ['text empty', { type: 'text', text: { body: '' } }, 131008],
    ['text too long', { type: 'text', text: { body: x(4097) } }, 131009],
    ['opaque data too long', { type: 'text', text: { body: 'x' }, biz_opaque_callback_data: x(513) }, 131009],
    ['media without source', { type: 'image', image: { caption: 'x' } }, 131008],
    ['media with two sources', { type: 'image', image: { link, id: '1' } }, 131009],
    ['media id unknown', { type: 'image', image: { id: '1' } }, 100],
    ['caption too long', { type: 'image', image: { link, caption: x(1025) } }, 131009],
    ['caption on audio', { type: 'audio', audio: { link, caption: 'x' } }, 131009],
    ['link is no URL', { type: 'video', video: { link: 'ftp://x/y' } }, 131009],
    ['latitude out of range', { type: 'location', location: { latitude: 91, longitude: 0 } }, 131009],
    ['longitude missing', { type: 'location', location: { latitude: 1 } }, 131008],
    ['contact with one name', { type: 'contacts', contacts: [{ name: { formatted_name: 'Ana' } }] }, 131008],
    ['reaction to nothing', { type: 'reaction', reaction: { message_id: 'wamid.NONE', emoji: '👍' } }, 131009],
    ['reaction to a reaction', { type: 'reaction', reaction: { message_id: 'wamid.REACTION', emoji: '👍' } }, 131009],
    ['reaction that is text', { type: 'reaction', reaction: { message_id: 'wamid.HELLO', emoji: 'ok' } }, 131009],
    ['interactive kind unknown', interactive('poll', {}), 131009],
    [
      'no body',
      { type: 'interactive', interactive: { type: 'button', action: { buttons: [button('a', 'A')] } } },
      131008,
    ],
    ['four buttons', interactive('button', { buttons: ['a', 'b', 'c', 'd'].map((id) => button(id, id)) }), 131009],
    ['button title too long', interactive('button', { buttons: [button('a', x(21))] }), 131009],
    ['button id too long', interactive('button', { buttons: [button(x(257), 'A')] }), 131009],
    ['same button titles', interactive('button', { buttons: [button('a', 'A'), button('b', 'A')] }), 131009],
    ['footer too long', interactive('button', { buttons: [button('a', 'A')] }, { footer: { text: x(61) } }), 131009],
    [
      'header too long',
      interactive('button', { buttons: [button('a', 'A')] }, { header: { type: 'text', text: x(61) } }),
      131009,
    ],
    [
      'eleven rows',
      interactive('list', {
        button: 'C',
        sections: [
          { title: 'A', rows: rows(6) },
          { title: 'B', rows: rows(5) },
        ],
      }),
      131009,
    ],
    ['same row ids', interactive('list', { button: 'C', sections: [{ rows: [row('a'), row('a')] }] }), 131009],
    [
      'section without title',
      interactive('list', { button: 'C', sections: [{ rows: [row('a')] }, { rows: [row('b')] }] }),
      131008,
    ],
    [
      'list with image header',
      interactive(
        'list',
        { button: 'C', sections: [{ rows: rows(1) }] },
        { header: { type: 'image', image: { link } } },
      ),
      131009,
    ],
    [
      'row description too long',
      interactive('list', { button: 'C', sections: [{ rows: [{ ...row('a'), description: x(73) }] }] }),
      131009,
    ],
    ['link label too long', cta({ display_text: x(21), url: 'https://shop.example' }), 131009],
    ['link without URL', cta({ display_text: 'Open' }), 131008],
    [
      'address outside India',
      interactive('address_message', { name: 'address_message', parameters: { country: 'DE' } }),
      131009,
    ],
    ['flow label with emoji', flow({ flow_cta: 'Book 📅' }), 131009],
    ['flow without label', flow({}), 131008],
    ['product with header', interactive('product', { catalog_id: '1', product_retailer_id: 's' }, headerText), 131009],
    ['product list without header', interactive('product_list', products(1)), 131008],
    ['31 products', interactive('product_list', products(31), headerText), 131009],
    ['one card', interactive('carousel', { cards: [card(0)] }), 131009],
    ['cards not counted', interactive('carousel', { cards: [card(0), card(0)] }), 131009],
    [
      'cards with other headers',
      interactive('carousel', { cards: [card(0), card(1, { header: { type: 'video', video: { link } } })] }),
      131009,
    ],
    ['sender is recipient', { to: displayPhoneNumber, type: 'text', text: { body: 'x' } }, 131021],
    ['template unknown', { type: 'template', template: { name: 'none', language: { code: 'en' } } }, 132001],
  ])('%s', async (_problem, content, code) => {
    const before = sandbox.listReceivedMessages().length;
    const answer = await send(sandbox, content);
    expect(answer.code).toBe(code);
    expect(answer.status).toBe(code === 132001 ? 404 : 400);
    expect(answer.body).toMatchObject({ error: { type: 'OAuthException', fbtrace_id: expect.any(String) } });
    expect(sandbox.listReceivedMessages()).toHaveLength(before);
  });

  test('a missing recipient, and a body that is not JSON', async () => {
    const noRecipient = { messaging_product: 'whatsapp', type: 'text', text: { body: 'x' } };
    expect(await graph(sandbox, 'POST', `/${phoneNumberId}/messages`, { body: noRecipient })).toMatchObject({
      code: 131008,
    });
    const garbled = { raw: Buffer.from('{"messaging'), headers: { 'content-type': 'application/json' } };
    expect(await graph(sandbox, 'POST', `/${phoneNumberId}/messages`, garbled)).toMatchObject({
      status: 400,
      code: 100,
    });
  });
});

describe('the recipient', () => {
  const hello = { type: 'text', text: { body: 'hello' } };

  test('a user known by user id only is reached by recipient', async () => {
    await sandbox.customer.sends({ from: { userId: 'US.777' }, text: 'hi' });
    const answer = await send(sandbox, { ...hello, to: undefined, recipient: 'US.777' });
    expect(answer.body['contacts']).toEqual([{ input: 'US.777', user_id: 'US.777' }]);
  });

  test('the window is 24 h per number and user by the clock, whole seconds', async () => {
    const other = '15550009999';
    expect(await send(sandbox, hello, other)).toMatchObject({ status: 400, code: 131047 });
    await sandbox.customer.sends({ from: other, text: 'hi' });
    expect(sandbox.windowEndsAt(other)).toBe(clock.now() + 24 * HOUR_MS);
    clock.advance(24 * HOUR_MS - 1);
    expect(await send(sandbox, hello, other)).toMatchObject({ status: 200 });
    clock.advance(1);
    expect(await send(sandbox, hello, other)).toMatchObject({ status: 400, code: 131047 });
    await sandbox.customer.sends({ from: USER, text: 'still here' });
  });

  test('unreachable, not allowed, or refused later by a failed status', async () => {
    sandbox.settings.unreachable = [USER];
    expect(await send(sandbox, hello)).toMatchObject({ code: 131026 });
    sandbox.settings.recipientErrors = 'by_status';
    const id = messageIdOf(await send(sandbox, hello));
    await sandbox.waitFor(() =>
      sandbox
        .listReceivedMessages()
        .find((one) => one.id === id)
        ?.statuses.includes('failed'),
    );
    Object.assign(sandbox.settings, {
      unreachable: [],
      recipientErrors: 'at_once',
      allowedRecipients: ['15550002222'],
    });
    expect(await send(sandbox, hello)).toMatchObject({ code: 131030 });
    sandbox.settings.allowedRecipients = null;
  });

  test('pair rate: 45 at once, then one every 6 seconds', async () => {
    sandbox.settings.limitPairRate = true;
    const pair = '15550003333';
    await sandbox.customer.sends({ from: pair, text: 'hi' });
    const codes = [];
    for (let count = 0; count < 46; count += 1) codes.push((await send(sandbox, hello, pair)).code);
    expect(codes).toEqual([...Array<undefined>(45), 131056]);
    clock.advance(5_999);
    expect(await send(sandbox, hello, pair)).toMatchObject({ code: 131056 });
    clock.advance(1);
    expect(await send(sandbox, hello, pair)).toMatchObject({ status: 200 });
    expect(await send(sandbox, hello, USER)).toMatchObject({ status: 200 });
    sandbox.settings.limitPairRate = false;
  });

  test('throughput: so many per second and number', async () => {
    sandbox.settings.throughputPerSecond = 2;
    const codes = [];
    for (let count = 0; count < 3; count += 1) codes.push((await send(sandbox, hello)).code);
    expect(codes).toEqual([undefined, undefined, 130429]);
    clock.advance(1_000);
    expect(await send(sandbox, hello)).toMatchObject({ status: 200 });
    sandbox.settings.throughputPerSecond = null;
  });

  test('read marks name a message of the customer, with typing or without', async () => {
    const read = (body: object) =>
      graph(sandbox, 'POST', `/${phoneNumberId}/messages`, {
        body: { messaging_product: 'whatsapp', status: 'read', ...body },
      });
    expect((await read({ message_id: 'wamid.HELLO', typing_indicator: { type: 'text' } })).body).toEqual({
      success: true,
    });
    expect(sandbox.listReadMarks()).toMatchObject([{ messageId: 'wamid.HELLO', isTyping: true }]);
    expect(await read({ message_id: 'wamid.NONE' })).toMatchObject({ code: 131009 });
    expect(await read({})).toMatchObject({ code: 131008 });
    expect(await read({ message_id: 'wamid.HELLO', typing_indicator: { type: 'audio' } })).toMatchObject({
      code: 131009,
    });
  });
});
