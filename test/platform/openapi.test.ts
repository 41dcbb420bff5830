import { Controller, Get, Post } from '@nestjs/common';
import { Describe, setUpDocs } from '../../service/src/platform/openapi.ts';
import { z } from './service-zod.ts';
import { startApp, type TestApp } from './support-app.ts';

const body = z.strictObject({ to: z.string().min(1), purpose: z.enum(['reply', 'campaign']).default('reply') });
const query = z.strictObject({ kind: z.string(), limit: z.coerce.number().optional() });

@Controller('v1/messages')
class Messages {
  @Post()
  @Describe({
    summary: 'Send a message',
    body: body as never,
    headers: { 'Idempotency-Key': 'Repeats are answered as the first.' },
    answer: { status: 202, description: 'Accepted', schema: z.strictObject({ id: z.string() }) as never },
    problems: [409],
  })
  send() {
    return {};
  }

  @Get()
  @Describe({ summary: 'List', query: query as never, open: true })
  list() {
    return {};
  }
}

let test_: TestApp;
beforeAll(async () => {
  test_ = await startApp({
    controllers: [Messages],
    setUp: (app) => setUpDocs(app, '0.1.0', { deprecated: [], codes: ['made_up'], webhooks: {} }),
  });
});
afterAll(() => test_.app.close());

test('the description is made from the schemas', async () => {
  const document = (await (await fetch(`${test_.url}/docs-json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Parley', version: '0.1.0' },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: {
          required: expect.arrayContaining(['code']) as string[],
          properties: { code: { enum: ['made_up'] } },
        },
      },
    },
  });
  expect(document.paths['/v1/messages']).toMatchObject({
    post: {
      summary: 'Send a message',
      security: [{ bearer: [] }],
      parameters: [{ name: 'Idempotency-Key', in: 'header' }],
      requestBody: {
        content: {
          'application/json': {
            schema: {
              type: 'object',
              additionalProperties: false,
              required: ['to'],
              properties: {
                to: { type: 'string', minLength: 1 },
                purpose: { enum: ['reply', 'campaign'], default: 'reply' },
              },
            },
          },
        },
      },
      responses: {
        202: { content: { 'application/json': { schema: { required: ['id'] } } } },
        401: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
        409: {},
        503: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
      },
    },
    get: {
      parameters: [
        { name: 'kind', in: 'query', required: true, schema: { type: 'string' } },
        { name: 'limit', in: 'query', required: false },
      ],
    },
  });
  expect(document.paths['/v1/messages']?.['get']).not.toHaveProperty('security');
});

test('the page and all it loads come from this server', async () => {
  const page = await fetch(`${test_.url}/docs`);
  expect(page.headers.get('content-type')).toContain('text/html');
  const html = await page.text();
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(assets.length).toBeGreaterThan(3);
  expect(assets.filter((asset) => /^(?:https?:)?\/\//.test(asset))).toEqual([]);
  const load = async (asset: string) => {
    const answer = await fetch(new URL(asset, `${test_.url}/docs`));
    return { status: answer.status, isEmpty: (await answer.arrayBuffer()).byteLength === 0 };
  };
  expect(await Promise.all(assets.map(load))).toEqual(assets.map(() => ({ status: 200, isEmpty: false })));
});
