import { settingsDigest } from '../../contract/signature.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { EventsFixture, URL_OF_WORKFLOW } from './fixture.ts';

const open = tempLedgers();
let flow: EventsFixture;
const text = (words: string) => ({ type: 'text' as const, text: words });

beforeEach(async () => {
  flow = await EventsFixture.make(await open());
});

const rows = () => flow.ledger.reader.selectFrom('subscriptions').selectAll().execute();

test('its secret is told once and kept sealed; the rest is shown', async () => {
  const account = { channel: 'whatsapp', externalId: '1' };
  const { secret, ...made } = await flow.subscribe({ account, messageKinds: ['text'], maxBatch: 7, includeRaw: true });
  expect(secret).toMatch(/^whsec_/);
  expect(JSON.stringify(await rows())).not.toContain(secret.slice('whsec_'.length));
  expect(made).toMatchObject({ url: URL_OF_WORKFLOW, account, messageKinds: ['text'], maxBatch: 7, includeRaw: true });
  expect(await flow.subscriptions.get(made.id)).toEqual(made);
  expect(await flow.subscriptions.list()).toEqual([made]);
});

test.each<[string, Parameters<EventsFixture['subscribe']>[0], object]>([
  ['a forbidden URL', { url: 'http://forbidden' }, { message: 'forbidden' }],
  ['an unknown account', { account: { channel: 'whatsapp', externalId: '9' } }, { code: 'account_required' }],
  [
    'an account whose settings changed',
    { account: { channel: 'whatsapp', externalId: '1', settingsDigest: settingsDigest({}) } },
    { code: 'account_required' },
  ],
])('%s is refused and nothing is stored', async (_name, wish, error) => {
  await expect(flow.subscribe(wish)).rejects.toMatchObject(error);
  expect(await rows()).toEqual([]);
});

test('deleted, it is unknown and hears nothing more', async () => {
  const { id } = await flow.subscribe();
  await flow.wrote('cnv');
  await flow.subscriptions.remove(id, false);
  await flow.wrote('cnv');
  await flow.deliver();
  expect(flow.calls).toEqual([]);
  expect(await flow.subscriptions.list()).toEqual([]);
  await expect(flow.subscriptions.get(id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
  await expect(flow.subscriptions.remove(id, false)).rejects.toMatchObject({ code: 'not_found' });
  expect(flow.logged).toEqual([
    expect.stringMatching(/^A subscription was deleted before it took everything .*"dropped":1/),
  ]);
});

test('a waiting workflow is not listed', async () => {
  const question = { id: 'msg', accountId: flow.account.id, conversationId: 'cnv', byPerson: false };
  const wait = { url: URL_OF_WORKFLOW, until: new Date(flow.clock.now() + 1).toISOString() };
  await flow.ledger.write((tx) => flow.subscriptions.wait(tx, question, wait));
  expect(await flow.subscriptions.list()).toEqual([]);
});

describe('made anew for the same URL', () => {
  test('it is given what came in between, in order, with its own secret', async () => {
    const old = await flow.subscribe();
    await flow.wrote('cnv', text('before'));
    await flow.subscriptions.remove(old.id, true);
    await flow.wrote('cnv', text('between'));
    expect(await flow.deliver()).toBeGreaterThan(0);
    expect(flow.calls).toEqual([]);
    const heir = await flow.subscribe();
    await flow.wrote('cnv', text('after'));
    await flow.deliver();
    expect(flow.texts()).toEqual([['before'], ['between'], ['after']]);
    expect(flow.calls.every((call) => flow.isSigned(call, heir.secret))).toBe(true);
    expect((await flow.subscriptions.list()).map((one) => one.id)).toEqual([heir.id]);
  });

  test('too late, what came in between is gone and so is the old one', async () => {
    const old = await flow.subscribe();
    await flow.subscriptions.remove(old.id, true);
    await flow.wrote('cnv', text('between'));
    flow.clock.advance(60_000);
    await flow.deliver();
    await flow.subscribe();
    await flow.deliver();
    expect(flow.calls).toEqual([]);
    expect((await rows()).map((row) => row.endedAt !== null)).toEqual([true, false]);
  });

  test('with another URL it is given nothing', async () => {
    const old = await flow.subscribe();
    await flow.subscriptions.remove(old.id, true);
    await flow.wrote('cnv', text('between'));
    await flow.subscribe({ url: `${URL_OF_WORKFLOW}/other` });
    await flow.deliver();
    expect(flow.calls).toEqual([]);
  });

  test('after two that gathered the same, it is given each event once', async () => {
    const olds = [await flow.subscribe(), await flow.subscribe()];
    for (const { id } of olds) await flow.subscriptions.remove(id, true);
    await flow.wrote('cnv', text('between'));
    await flow.subscribe();
    await flow.deliver();
    expect(flow.texts()).toEqual([['between']]);
  });
});
