/** What only one provider has, called by name over the API. */
import type { ActionDescription } from '../../../contract/api.ts';
import { ACCOUNT, closeApps, startApp, type App } from '../../support/app.ts';
import { PAGE, startPage, type Page } from '../../support/page.ts';

let app: App;
let page: Page;
beforeAll(async () => {
  app = await startApp();
  page = await startPage(app);
}, 60_000);
afterAll(async () => {
  await page.close();
  await closeApps();
});

const run = (name: string, input?: unknown, account: Record<string, string> = PAGE) =>
  app.call('POST', `/v1/actions/${name}?${new URLSearchParams(account)}`, input);

test('are listed with what they take', async () => {
  const { status, body } = await app.call('GET', `/v1/actions?${new URLSearchParams(PAGE)}`);
  const { data } = body as { data: ActionDescription[] };
  expect(status).toBe(200);
  expect(data.find(({ name }) => name === 'persona.create')).toEqual({
    name: 'persona.create',
    changes: true,
    input: expect.objectContaining({
      type: 'object',
      required: ['name', 'imageUrl'],
      additionalProperties: false,
    }) as object,
  });
  expect(data.find(({ name }) => name === 'link.make')).toMatchObject({ changes: false });
  const none = await app.call('GET', `/v1/actions?${new URLSearchParams(ACCOUNT)}`);
  expect(none).toMatchObject({ status: 200, body: { data: [] } });
});

test('answer what the provider tells', async () => {
  const made = await run('link.make', { reference: 'spring' });
  expect(made).toMatchObject({
    status: 200,
    body: { result: { url: expect.stringContaining('ref=spring') as string } },
  });
  page.answer = () => ({ status: 200, body: { id: '4711' } });
  const persona = await run('persona.create', { name: 'Ana', imageUrl: 'https://a.example/a.png' });
  expect(persona).toMatchObject({ status: 200, body: { result: { id: '4711' } } });
  expect(page.calls.at(-1)).toMatchObject({ method: 'POST', body: { name: 'Ana' } });
});

test('that take nothing need no body', async () => {
  page.answer = () => ({ status: 200, body: { data: [] } });
  expect(await run('persona.list')).toMatchObject({ status: 200, body: { result: { personas: [] } } });
});

describe('are refused', () => {
  const other = { ...PAGE, externalId: '1' };
  const changed = { ...PAGE, settingsDigest: '0'.repeat(64) };
  test.each<[string, () => ReturnType<typeof run>, number, string, string?]>([
    ['that the channel lacks', () => run('persona.paint'), 404, 'not_found'],
    ['of a channel that has none', () => run('persona.list', {}, ACCOUNT), 404, 'not_found'],
    ['named like a part of every object', () => run('constructor'), 404, 'not_found'],
    ['without what they need', () => run('persona.create', { name: 'Ana' }), 400, 'invalid_request', 'imageUrl'],
    ['with what they do not know', () => run('link.make', { colour: 'red' }), 400, 'invalid_request', 'colour'],
    ['with a list', () => run('link.make', []), 400, 'invalid_request', ''],
    ['on an unknown account', () => run('persona.list', {}, other), 409, 'account_required'],
    ['on other settings', () => run('persona.list', {}, changed), 409, 'account_required'],
    [
      'without an account',
      () => run('persona.list', {}, { channel: 'messenger' }),
      400,
      'invalid_request',
      'externalId',
    ],
  ])('%s', async (_name, call, status, code, field = '') => {
    const before = page.calls.length;
    const answer = await call();
    expect(answer).toMatchObject({ status, body: { code } });
    if (field) expect(answer.body).toMatchObject({ errors: [{ field }] });
    expect(page.calls).toHaveLength(before);
  });

  test('by their names', async () => {
    const { body } = await run('persona.paint');
    const { detail, actions } = body as { detail: string; actions: string[] };
    expect(actions).toContain('persona.create');
    expect(detail).toContain('persona.create');
  });

  test.each<[string, number, object, number, string]>([
    ['by the provider', 400, { message: 'Invalid parameter', code: 100 }, 400, 'invalid_content'],
    ['because of the credentials', 401, { message: 'Bad token', code: 190 }, 502, 'provider_settings'],
    ['because the provider is down', 503, { message: 'Try again', code: 2 }, 502, 'provider_unreachable'],
  ])('%s', async (_name, answered, error, status, code) => {
    page.answer = () => ({ status: answered, body: { error: { type: 'OAuthException', ...error } } });
    expect(await run('persona.list')).toMatchObject({ status, body: { code } });
  });

  test('without a key', async () => {
    const answer = await app.call(
      'POST',
      '/v1/actions/persona.list?channel=messenger&externalId=1001',
      {},
      { authorization: '' },
    );
    expect(answer.status).toBe(401);
  });
});
