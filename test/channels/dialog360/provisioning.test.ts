import type { Learned } from '../../../service/src/connectors/connector.ts';
import type { HttpRequest, HttpResponse } from '../../../service/src/core/http.ts';
import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import { SendError } from '../../../service/src/core/errors.ts';
import { answering, json } from '../../conformance/fake-io.ts';
import { revealed } from '../../conformance/probes.ts';
import { PHONE_ID } from '../whatsapp/support.ts';
import { API, CREDENTIAL, HEADER_VALUE, PLATFORM_SECRET, proxyError, settingsWith } from './support.ts';

const OURS = 'https://parley.example.com/webhooks/dialog360/e1';

interface World {
  entities: Record<string, unknown>[];
  /** What is read back; absent: what was posted. */
  webhook?: string;
  refuse: (request: HttpRequest) => HttpResponse | Error | undefined;
}
const NUMBER = { entity_type: 'PHONE_NUMBER', id: PHONE_ID, can_send_message: 'AVAILABLE' };

function provider(change: Partial<World> = {}) {
  const world: World = { entities: [NUMBER], refuse: () => undefined, ...change };
  let posted: unknown;
  return answering((request) => {
    const refused = world.refuse(request);
    if (refused) return refused;
    if (request.url.endsWith('/health_status')) return json(200, { health_status: { entities: world.entities } });
    if (request.method === 'POST') posted = request.json;
    return json(200, world.webhook === undefined ? posted : { url: world.webhook, headers: {} });
  });
}

type Keep = (learned: Learned) => Promise<Learned>;

async function provision(
  fake: ReturnType<typeof provider>,
  change: Record<string, unknown> = {},
  url = OURS,
  keep: Keep = () => Promise.reject(new Error('nothing is to be kept')),
) {
  const steps = (await dialog360.provisioning?.provision(url, settingsWith(change), fake.io, keep)) ?? [];
  return {
    steps,
    ok: Object.fromEntries(steps.map(({ step, ok }) => [step, ok])),
    details: Object.fromEntries(steps.map(({ step, detail }) => [step, detail])),
    blocking: steps.filter(({ blocking }) => blocking).map(({ step }) => step),
    posts: fake.requests.filter(({ method }) => method === 'POST'),
  };
}

test('sets the URL with our header and reads it back', async () => {
  const fake = provider();
  const { ok, posts } = await provision(fake);
  expect(ok).toEqual({ settings: true, number: true, webhook: true });
  expect(posts).toMatchObject([
    { url: `${API}/v1/configs/webhook`, json: { url: OURS, headers: { authorization: HEADER_VALUE } } },
  ]);
  expect(fake.requests.at(-1)).toMatchObject({ method: 'GET', url: `${API}/v1/configs/webhook` });
});

test.each([
  ['the own name', { webhookHeader: undefined }, { 'x-parley-webhook-secret': HEADER_VALUE }],
  ['a signature only', { webhookSecret: undefined }, {}],
])('with %s', async (_name, change, headers) => {
  const { ok, posts } = await provision(provider(), change);
  expect(ok).toEqual({ settings: true, number: true, webhook: true });
  expect(posts).toMatchObject([{ json: { url: OURS, headers } }]);
});

describe('without any secret', () => {
  const NONE = { webhookSecret: undefined, platformSecret: undefined };

  test('one is made, which is kept before 360dialog is told it', async () => {
    const kept: Learned[] = [];
    const fake = provider();
    const { steps, ok, posts } = await provision(fake, NONE, OURS, async (learned) => {
      expect(fake.requests.filter(({ method }) => method === 'POST')).toEqual([]);
      kept.push(learned);
      return learned;
    });
    expect(ok).toEqual({ settings: true, number: true, webhook: true });
    expect(kept).toEqual([{ webhookSecret: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(posts).toMatchObject([{ json: { url: OURS, headers: { authorization: kept[0]?.webhookSecret } } }]);
    expect(revealed(steps, [kept[0]?.webhookSecret ?? ''])).toEqual([]);
    const again = await provision(provider(), { ...NONE, ...kept[0] });
    expect(again.posts).toMatchObject([{ json: { headers: { authorization: kept[0]?.webhookSecret } } }]);
  });

  test('what another process kept just now is told', async () => {
    const { posts } = await provision(provider(), NONE, OURS, async () => ({ webhookSecret: HEADER_VALUE }));
    expect(posts).toMatchObject([{ json: { headers: { authorization: HEADER_VALUE } } }]);
  });

  test('a refusal does not show what was made', async () => {
    let made = '';
    const refuse = ({ json: body }: HttpRequest) =>
      body === undefined ? undefined : proxyError(400, `bad headers: ${JSON.stringify(body)}`);
    const { details } = await provision(provider({ refuse }), NONE, OURS, async (learned) => {
      made = learned['webhookSecret'] ?? '';
      return learned;
    });
    expect(details.webhook).toMatch(/bad headers/);
    expect(details.webhook).not.toContain(made);
  });

  test('none is made for a URL that 360dialog does not take', async () => {
    const { ok } = await provision(provider(), NONE, 'http://parley.example.com/webhooks/dialog360/e1');
    expect(ok).toEqual({ settings: false, number: true });
  });
});

test('what was made counts only where nothing is given', () => {
  const learned = { webhookSecret: 'made-by-the-service' };
  const learn = (change: Record<string, unknown>) => dialog360.learn?.(settingsWith(change), learned).webhookSecret;
  expect(learn({ webhookSecret: undefined, platformSecret: undefined })).toBe('made-by-the-service');
  expect(learn({ webhookSecret: undefined })).toBeUndefined();
  expect(learn({})).toBe(HEADER_VALUE);
});

test.each([
  ['http://parley.example.com/webhooks/dialog360/e1', /is not https/],
  ['https://parley.example.com:8443/webhooks/dialog360/e1', /names the port 8443/],
  ['https://my_parley.example.com/webhooks/dialog360/e1', /underscore/],
])('%s is told in words and not tried', async (url, message) => {
  const { details, blocking, posts } = await provision(provider(), {}, url);
  expect(details.settings).toMatch(message);
  expect(details.settings).toContain('PARLEY_PUBLIC_URL');
  expect(blocking).toEqual(['settings']);
  expect(posts).toEqual([]);
});

test('the standard port is none, and a path may have underscores; a stand-in takes any URL', async () => {
  const { ok } = await provision(provider(), {}, 'https://parley.example.com:443/webhooks/dialog360/a_b');
  expect(ok.settings).toBe(true);
  const local = await provision(provider(), { baseUrl: 'http://127.0.0.1:9' }, 'http://127.0.0.1:3000/webhooks/x');
  expect(local.ok).toEqual({ settings: true, number: true, webhook: true });
});

test('a webhook that is still another one is told', async () => {
  const { ok, details, blocking } = await provision(provider({ webhook: 'https://other.example.com' }));
  expect(ok.webhook).toBe(false);
  expect(details.webhook).toContain('https://other.example.com');
  expect(blocking).toEqual(['webhook']);
});

test.each<[string, Partial<World>, RegExp, string[]]>([
  [
    'of another number',
    { entities: [{ ...NUMBER, id: '1' }] },
    /the phone number ID 1, not of 106540352242922/,
    ['number'],
  ],
  [
    'of a number that may not send',
    {
      entities: [
        {
          ...NUMBER,
          can_send_message: 'BLOCKED',
          errors: [{ error_description: 'Locked.', possible_solution: 'Ask.' }],
        },
      ],
    },
    /PHONE_NUMBER is BLOCKED\. Locked\.\. Ask\./,
    [],
  ],
  ['that is told nothing about', { entities: [] }, /^$/, []],
])('a key %s', async (_name, world, message, blocking) => {
  const found = await provision(provider(world));
  expect(found.details.number ?? '').toMatch(message);
  expect(found.blocking).toEqual(blocking);
});

test('what 360dialog refuses is a step that failed, and the next one is still tried', async () => {
  const { ok, details, blocking } = await provision(provider({ refuse: () => proxyError(401, 'Invalid api_key') }));
  expect(ok).toEqual({ settings: true, number: false, webhook: false });
  expect(details.webhook).toMatch(/Invalid api_key\. The API key was revoked/);
  expect(blocking).toEqual(['webhook']);
});

test('an unreachable 360dialog throws nothing and shows no secret', async () => {
  const refuse = () => new SendError('unreachable', `${CREDENTIAL.apiKey} ${HEADER_VALUE} ${PLATFORM_SECRET}`);
  const { steps, ok } = await provision(provider({ refuse }));
  expect(ok).toMatchObject({ number: false, webhook: false });
  expect(revealed(steps, [CREDENTIAL.apiKey, HEADER_VALUE, PLATFORM_SECRET])).toEqual([]);
});
