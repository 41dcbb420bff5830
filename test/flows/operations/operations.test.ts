/** What an operator sees: health, metrics, the description of the API, setting up the provider. */
import { EVENT_TYPES } from '../../../contract/event.ts';
import type { Account } from '../../../contract/api.ts';
import * as jobs from '../../../service/src/store/job.store.ts';
import { ACCOUNT, ANA, closeApps, sandboxSettings, startApp, type App } from '../../support/app.ts';
import { freePort } from '../../support/free-port.ts';

afterEach(closeApps);

describe('health', () => {
  test('needs no key and tells of life and readiness', async () => {
    const app = await startApp();
    const open = { authorization: '' };
    expect(await app.call('GET', '/healthz', undefined, open)).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await app.call('GET', '/readyz', undefined, open)).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  test('without its ledger the service lives, is not ready, and acknowledges nothing', async () => {
    const app = await startApp();
    await app.service.ledger.close();
    expect((await app.call('GET', '/healthz')).status).toBe(200);
    expect(await app.call('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { code: 'overloaded', failing: ['store'] },
    });
    const { status } = await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    expect(status).toBeGreaterThanOrEqual(500);
  });
});

test('a job that no part of this version does stays, is counted, and is told of once', async () => {
  const app = await startApp();
  const { ledger } = app.service;
  await ledger.write((tx) => jobs.enqueue(tx, { kind: 'of another version', payload: {} }, app.clock.now()));
  await app.stop();
  await app.start();
  for (let scrape = 0; scrape < 2; scrape++) {
    const { text } = await app.call('GET', '/metrics');
    expect(text).toContain('parley_outbox_jobs{kind="unhandled",state="ready"} 1');
    expect(text).not.toContain('another version');
  }
  expect(app.log.lines.filter(({ kind }) => kind === 'of another version')).toHaveLength(1);
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.reaches(await app.sent('hello'), 'read');
});

test('metrics count the traffic and name nobody', async () => {
  const app = await startApp();
  const workflow = await app.listen({ events: ['message.received', 'message.status'] });
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  app.sandbox.redeliver(1);
  await app.reaches(await app.sent('hello'), 'read');
  await workflow.took(4);
  await app.sandbox.webhooks.settled();
  await app.idle();
  const { text, headers } = await app.call('GET', '/metrics', undefined, { authorization: '' });
  expect(headers.get('content-type')).toMatch(/^text\/plain/);
  const value = (line: string) =>
    Number(
      text
        .split('\n')
        .find((one) => one.startsWith(`parley_${line} `))
        ?.split(' ')[1],
    );
  expect(value('webhooks_total{channel="whatsapp",outcome="accepted"}')).toBe(5);
  expect(value('receipts_total{channel="whatsapp"}')).toBe(4);
  expect(value('events_published_total{type="message.received"}')).toBe(1);
  expect(value('events_published_total{type="message.status"}')).toBe(3);
  expect(value('sends_total{channel="whatsapp",outcome="accepted"}')).toBe(1);
  expect(value('deliveries_total{outcome="taken"}')).toBeGreaterThan(0);
  expect(value('send_seconds_count{channel="whatsapp"}')).toBe(1);
  expect(text).toMatch(/parley_commit_seconds_count \d+/);
  expect(text).toMatch(
    /parley_http_request_seconds_count\{method="POST",route="\/webhooks\/:channel\/:endpoint",status="2xx"\} 5/,
  );
  for (const name of [ANA, ACCOUNT.externalId, app.account.id]) expect(text).not.toContain(name);
});

test('jobs that wait are counted', async () => {
  const app = await startApp();
  const workflow = await app.listen();
  await workflow.goDown();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  app.clock.advance(90_000);
  const { text } = await app.call('GET', '/metrics');
  // That of the conversation, which goes its own way from the first refusal, and that of the others.
  expect(text).toContain('parley_outbox_jobs{kind="deliver",state="ready"} 2');
  expect(text).toMatch(/parley_outbox_oldest_due_seconds\{kind="deliver"\} 8\d/);
});

describe('the description of the API', () => {
  type Operation = {
    responses: Record<string, unknown>;
    parameters?: { name: string; in: string }[];
    deprecated?: boolean;
  };
  type Document = {
    openapi: string;
    info: object;
    paths: Record<string, Record<string, Operation>>;
    components: object;
    webhooks: Record<string, { post: { requestBody: { content: Record<string, { schema: DeliverySchema }> } } }>;
  };
  type EventSchema = { properties: { type: { const: string } }; required: string[] };
  type DeliverySchema = { properties: { events: { items: { oneOf: EventSchema[] } } } };

  async function document(app: App): Promise<Document> {
    return (await app.call('GET', '/docs-json', undefined, { authorization: '' })).body as Document;
  }

  test('lists every route of /v1', async () => {
    const { paths } = await document(await startApp());
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.filter((route) => route.includes('/v1/')).sort()).toEqual(
      [
        'PUT /v1/accounts/{channel}/{externalId}',
        'GET /v1/accounts',
        'GET /v1/accounts/{id}',
        'DELETE /v1/accounts/{id}',
        'POST /v1/subscriptions',
        'GET /v1/subscriptions',
        'GET /v1/subscriptions/{id}',
        'DELETE /v1/subscriptions/{id}',
        'POST /v1/subscriptions/{id}/replay',
        'DELETE /v1/contacts',
        'DELETE /v1/contacts/{id}',
        'GET /v1/dead-letters',
        'GET /v1/dead-letters/{id}',
        'POST /v1/dead-letters/replay',
        'POST /v1/dead-letters/discard',
        'POST /v1/dead-letters/{id}/replay',
        'POST /v1/dead-letters/{id}/discard',
        'GET /v1/deliveries',
        'GET /v1/deliveries/{id}',
        'POST /v1/deliveries/replay',
        'POST /v1/deliveries/discard',
        'POST /v1/deliveries/{id}/replay',
        'POST /v1/deliveries/{id}/discard',
        'POST /v1/messages',
        'POST /v1/messages/read',
        'GET /v1/messages/{id}',
        'GET /v1/conversations',
        'GET /v1/conversations/{id}',
        'PATCH /v1/conversations/{id}',
        'GET /v1/conversations/{id}/messages',
        'GET /v1/actions',
        'POST /v1/actions/{name}',
        'GET /v1/permission',
        'GET /v1/templates',
        'POST /v1/templates',
        'DELETE /v1/templates',
        'GET /v1/templates/{id}',
        'PATCH /v1/templates/{id}',
        'POST /v1/media',
        'GET /v1/media/{id}',
      ].sort(),
    );
  });

  test('is sound: every reference leads somewhere, every parameter of a path is declared, every operation answers', async () => {
    const whole = await document(await startApp());
    expect(whole).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      info: { title: 'Parley', version: expect.any(String) },
    });
    for (const reference of JSON.stringify(whole).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const steps = (reference[1] ?? '').split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
      const target = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], whole);
      expect([reference[1], target]).toEqual([reference[1], expect.anything()]);
    }
    for (const [path, methods] of Object.entries(whole.paths)) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      for (const [method, operation] of Object.entries(methods)) {
        const declared = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name);
        expect([method, path, declared.sort()]).toEqual([method, path, wanted]);
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      }
    }
  });

  test('says of former paths that they are deprecated, and of no other', async () => {
    const { paths } = await document(await startApp());
    for (const [path, methods] of Object.entries(paths)) {
      const isFormer = path.startsWith('/v1/deliveries');
      for (const [method, { deprecated = false }] of Object.entries(methods)) {
        expect([method, path, deprecated]).toEqual([method, path, isFormer]);
      }
    }
  });

  test('tells what a delivery holds, type by type', async () => {
    const { webhooks } = await document(await startApp());
    const { schema } = webhooks['delivery']?.post.requestBody.content['application/json'] ?? {};
    const { oneOf } = schema?.properties.events.items ?? {};
    expect(oneOf?.map(({ properties }) => properties.type.const).sort()).toEqual([...EVENT_TYPES].sort());
    const received = oneOf?.find(({ properties }) => properties.type.const === 'message.received');
    expect(received?.required).toEqual(expect.arrayContaining(['id', 'at', 'channel', 'account', 'type', 'message']));
  });

  test('is readable at /docs', async () => {
    const app = await startApp();
    expect(await app.call('GET', '/docs', undefined, { authorization: '' })).toMatchObject({
      status: 200,
      text: expect.stringContaining('Parley API'),
    });
  });
});

describe('setting up the provider', () => {
  test('points its webhooks here when the public address is known', async () => {
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const app = await startApp({ env: { PARLEY_PUBLIC_URL: publicUrl, PARLEY_PORT: String(port) }, registered: false });
    const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
    const { status, body } = await app.call('PUT', path, { settings: sandboxSettings(app.sandbox) });
    const account = body as Account;
    expect(status).toBe(201);
    expect(account.webhookUrl.startsWith(`${publicUrl}/webhooks/whatsapp/`)).toBe(true);
    expect(account.provisioning?.filter(({ ok }) => !ok)).toEqual([]);
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await workflow.took(1);
  });

  test('says what is missing when a permission is not there, and keeps the account', async () => {
    const port = await freePort();
    const env = { PARLEY_PUBLIC_URL: `http://127.0.0.1:${port}`, PARLEY_PORT: String(port) };
    const app = await startApp({ env, registered: false, sandbox: { scopes: ['whatsapp_business_messaging'] } });
    const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
    const { body } = await app.call('PUT', path, { settings: sandboxSettings(app.sandbox) });
    const steps = (body as Account).provisioning ?? [];
    expect(steps.find(({ step }) => step === 'token')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('whatsapp_business_management'),
    });
    expect(steps.find(({ step }) => step === 'account_subscription')).toMatchObject({ ok: false, blocking: true });
    expect((await app.call('GET', '/v1/accounts')).body).toMatchObject({ data: [{ ...ACCOUNT }] });
  });

  test('is left alone when no public address is known', async () => {
    const app = await startApp();
    expect(app.account.provisioning).toMatchObject([
      { ok: false, detail: expect.stringContaining('PARLEY_PUBLIC_URL') },
    ]);
    // It is asked what it allows, and changed in nothing.
    expect(app.sandbox.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

test('an account that is deleted and registered anew keeps its id, its address and its subscriptions', async () => {
  const app = await startApp();
  const workflow = await app.listen();
  await app.call('DELETE', `/v1/accounts/${app.account.id}`);
  expect((await app.send('hello')).body).toMatchObject({ code: 'account_required' });
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  const answer = await app.call('PUT', path, { settings: sandboxSettings(app.sandbox) });
  const { id, webhookUrl } = app.account;
  expect(answer).toMatchObject({ status: 201, body: { id, webhookUrl } });
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await workflow.took(1);
});
