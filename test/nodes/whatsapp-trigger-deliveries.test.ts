/** What reaches a workflow through the trigger, in n8n's real engine: verified, in order, one item per event, with its file. */
import type { Forgery } from '../support/stub-service.ts';
import { type Fixture, imageEvent, startFixture, textEvent, TRIGGER, workflow } from './trigger-fixture.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
});

describe('listening', () => {
  test('a test listener and the active workflow do not touch each other', async () => {
    const saved = workflow();
    const production = fixture.service.subscriptionAt((await fixture.engine.activate(saved)).urls[TRIGGER] ?? '');
    const listener = fixture.service.subscriptionAt(
      (await fixture.engine.activate(saved, { test: true })).urls[TRIGGER] ?? '',
    );
    expect(listener.url).toContain('/webhook-test/');
    expect(listener.secret).not.toBe(production.secret);

    expect((await fixture.service.deliver(listener, [textEvent('e1', 'to the test')])).status).toBe(200);
    await fixture.engine.waitForExecution((each) => each.mode === 'manual' && each.status === 'success');
    await fixture.service.until(() => !fixture.service.subscriptions.has(listener.id));
    expect([...fixture.service.subscriptions.keys()]).toEqual([production.id]);

    expect((await fixture.service.deliver(production, [textEvent('e2', 'to production')])).status).toBe(200);
    const live = await fixture.engine.waitForExecution((each) => each.mode === 'webhook' && each.status === 'success');
    expect(live.items(TRIGGER)).toMatchObject([{ json: { text: 'to production' } }]);
    expect(
      (await fixture.service.deliver(production, [textEvent('e3', 'x')], { secret: listener.secret })).status,
    ).toBe(401);
  });

  test('several workflows listen to one number, each with its own secret', async () => {
    const [first, second] = [await fixture.active(), await fixture.active()];
    expect((await fixture.service.deliver(first.subscription, [textEvent('e1', 'one')])).status).toBe(200);
    expect((await fixture.service.deliver(second.subscription, [textEvent('e1', 'one')])).status).toBe(200);
    const crossed = await fixture.service.deliver(first.subscription, [textEvent('e2', 'x')], {
      secret: second.subscription.secret,
    });
    expect(crossed.status).toBe(401);
    await fixture.succeeded();
    expect(fixture.engine.executions).toHaveLength(2);
  });

  test('a batch is one execution with one item per event, in order', async () => {
    const { subscription } = await fixture.active({ options: { maxBatch: 50 } });
    const events = Array.from({ length: 12 }, (_, index) => textEvent(`e${String(index)}`, `text ${String(index)}`));
    await fixture.service.deliver(subscription, events);
    const json = (await fixture.succeeded()).items(TRIGGER).map((item) => item.json);
    expect(json.map((each) => each['eventId'])).toEqual(events.map((event) => event.id));
    expect(json[0]).toMatchObject({ event: 'message.received', from: '15550001111', text: 'text 0', kind: 'text' });
  });

  test('a repeated event is passed on, with the same id', async () => {
    const { subscription } = await fixture.active();
    await fixture.service.deliver(subscription, [textEvent('e1', 'again')]);
    await fixture.service.deliver(subscription, [textEvent('e1', 'again')]);
    await fixture.engine.waitForExecution((each) => each === fixture.engine.executions[1] && each.status === 'success');
    expect(fixture.engine.executions.map((each) => each.items(TRIGGER)[0]?.json['eventId'])).toEqual(['e1', 'e1']);
  });
});

const MINUTE_MS = 60_000;
const FORGERIES: [string, Forgery | (() => Forgery)][] = [
  ['signed with another secret', { secret: 'whsec_b3RoZXI=' }],
  ['not signed', { headers: () => ({ 'content-type': 'application/json' }) }],
  ['without an id', { headers: ({ 'webhook-id': _, ...others }) => others }],
  ['without a timestamp', { headers: ({ 'webhook-timestamp': _, ...others }) => others }],
  ['signed too long ago', () => ({ at: Date.now() - 6 * MINUTE_MS })],
  ['signed in the future', () => ({ at: Date.now() + 6 * MINUTE_MS })],
  ['changed on the way', { body: (body) => body.replace('hello', 'hullo') }],
  ['cut off', { body: (body) => `${body} ` }],
  ['with a truncated signature', { headers: (all) => ({ ...all, 'webhook-signature': 'v1,AAAA' }) }],
  [
    'of another scheme',
    { headers: (all) => ({ ...all, 'webhook-signature': `v2${String(all['webhook-signature']).slice(2)}` }) },
  ],
];

test.each(FORGERIES)('a delivery %s gets 401 and starts nothing', async (_, forgery) => {
  const { subscription } = await fixture.active();
  const answer = await fixture.service.deliver(
    subscription,
    [textEvent('e1', 'hello')],
    typeof forgery === 'function' ? forgery() : forgery,
  );
  expect(answer.status).toBe(401);
  expect(await answer.text()).not.toContain(subscription.secret);
  expect(fixture.engine.executions).toHaveLength(0);
});

describe('files', () => {
  test('become binary data when asked for', async () => {
    const bytes = Buffer.from('not really a cat');
    fixture.service.files.set('med_1', { bytes, mimeType: 'image/png', filename: 'other.png' });
    const { subscription } = await fixture.active({ options: { downloadMedia: true } });
    await fixture.service.deliver(subscription, [imageEvent('med_1')]);
    const [item] = (await fixture.succeeded()).items(TRIGGER);
    const data = item?.binary?.['data'];
    expect(data).toMatchObject({ fileName: 'cat.png', mimeType: 'image/png' });
    expect(data && (await fixture.engine.readBinary(data))).toEqual(bytes);
    expect(item?.json).toMatchObject({ mediaId: 'med_1', kind: 'image' });
  });

  test('of one message have a field each, and one that is gone takes no other with it', async () => {
    const bytes = Buffer.from('a second picture');
    fixture.service.files.set('med_3', { bytes, mimeType: 'video/mp4', filename: 'b.mp4' });
    const event = imageEvent('med_gone');
    const media = { id: 'med_gone', mimeType: 'image/png' };
    const more = [
      { type: 'image' as const, media: { id: 'med_1' } },
      { type: 'video' as const, media: { id: 'med_3' } },
    ];
    const message = { ...event.message, content: { type: 'image' as const, media, more } };
    const { subscription } = await fixture.active({ options: { downloadMedia: true } });
    await fixture.service.deliver(subscription, [{ ...event, message }]);
    const [item] = (await fixture.succeeded()).items(TRIGGER);
    expect(Object.keys(item?.binary ?? {})).toEqual(['data_1', 'data_2']);
    const second = item?.binary?.['data_2'];
    expect(second).toMatchObject({ fileName: 'b.mp4', mimeType: 'video/mp4' });
    expect(second && (await fixture.engine.readBinary(second))).toEqual(bytes);
    expect(item?.json['mediaError']).toMatch(/Not found/);
  });

  test('that are gone do not take the message with them', async () => {
    const { subscription } = await fixture.active({ options: { downloadMedia: true, maxBatch: 2 } });
    await fixture.service.deliver(subscription, [imageEvent('med_gone'), textEvent('e2', 'still here')]);
    const [image, text] = (await fixture.succeeded()).items(TRIGGER);
    expect(image?.json).toMatchObject({
      mediaId: 'med_gone',
      mediaError: expect.stringContaining('Not found') as string,
    });
    expect(image?.binary).toBeUndefined();
    expect(text?.json).toMatchObject({ text: 'still here' });
  });

  test('are left where they are otherwise', async () => {
    const { subscription } = await fixture.active();
    await fixture.service.deliver(subscription, [imageEvent('med_1')]);
    expect((await fixture.succeeded()).items(TRIGGER)[0]?.binary).toBeUndefined();
    expect(fixture.service.calls.filter((call) => call.includes('/v1/media/'))).toEqual([]);
  });
});

test.each<[string, number, boolean, Forgery]>([
  ['events', 1, true, {}],
  ['no events', 0, true, {}],
  ['what nobody signed', 1, false, { secret: 'whsec_c3RyYW5nZXI=' }],
])('a delivery of %s is confirmed by its id, or not', async (_name, count, isConfirmed, forgery) => {
  const { subscription } = await fixture.active();
  expect(subscription.confirms).toBe(true);
  const events = Array.from({ length: count }, (_, i) => textEvent(`e${i}`, 'hi'));
  const answer = await fixture.service.deliver(subscription, events, forgery);
  expect(answer.headers.get('webhook-id')).toBe(isConfirmed ? 'dlv_1' : null);
  if (isConfirmed) expect(await answer.json()).toEqual({ 'webhook-id': 'dlv_1' });
});
