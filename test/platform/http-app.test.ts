/** The HTTP side as it is put together: bodies, validation and problems, over a real connection. */
import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ParleyError } from '../../service/src/core/errors.ts';
import { registerBodies } from '../../service/src/platform/raw-body.ts';
import { startApp, type TestApp } from './support-app.ts';

@Controller()
class Echo {
  @Post('v1/media')
  async media(@Body() body: unknown) {
    return { isStream: body instanceof Readable, bytes: (await buffer(body as Readable)).length };
  }

  @Post('v1/messages')
  message(@Body() body: unknown) {
    return { body: body ?? 'none' };
  }

  @Get('v1/known')
  known() {
    throw new ParleyError(409, 'session_closed', 'The session ended.', { windowEndedAt: '2026-11-22T00:00:00.000Z' });
  }

  @Get('v1/unforeseen')
  unforeseen(@Req() _request: unknown) {
    throw new Error('token=topsecret in a message');
  }
}

let test_: TestApp;
beforeAll(async () => {
  test_ = await startApp({
    controllers: [Echo],
    setUp: (app) =>
      registerBodies(app.getHttpAdapter().getInstance(), {
        maxMediaBytes: 5_000,
        maxJsonBytes: 1_000,
      }),
  });
});
afterAll(() => test_.app.close());

async function call(
  method: string,
  path: string,
  options: { body?: RequestInit['body']; headers?: Record<string, string> } = {},
) {
  const answer = await fetch(test_.url + path, { method, ...options });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
  };
}

describe('uploads', () => {
  test('arrive as a stream', async () => {
    const headers = { 'content-type': 'image/png' };
    expect(await call('POST', '/v1/media?kind=image', { body: new Uint8Array(5_000), headers })).toMatchObject({
      body: { isStream: true, bytes: 5_000 },
    });
  });

  test.each([
    ['announced', () => new Uint8Array(5_001)],
    ['in chunks', () => Readable.toWeb(Readable.from([Buffer.alloc(4_000), Buffer.alloc(4_000)]))],
  ])('too large, %s', async (_name, body) => {
    const answer = await fetch(`${test_.url}/v1/media`, {
      method: 'POST',
      body: body() as unknown as RequestInit['body'],
      duplex: 'half',
      headers: { 'content-type': 'image/png' },
    } as RequestInit);
    expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({
      status: 413,
      code: 'media_too_large',
    });
  });
});

describe('JSON', () => {
  test.each<[string, string, Record<string, string>, unknown]>([
    ['an object', '{"a":1}', { 'content-type': 'application/json; charset=utf-8' }, { a: 1 }],
    ['a JSON kind', '{"a":1}', { 'content-type': 'application/vnd.x+json' }, { a: 1 }],
    [
      'cut within an emoji',
      '{"a":["cut \\ud83d","\\ud83d\\udc4d",{"b":"\\udc4d"}]}',
      { 'content-type': 'application/json' },
      { a: ['cut \ufffd', '👍', { b: '\ufffd' }] },
    ],
    ['empty', '', { 'content-type': 'application/json' }, 'none'],
  ])('%s', async (_name, body, headers, expected) => {
    expect(await call('POST', '/v1/messages', { body, headers })).toMatchObject({
      status: 201,
      body: { body: expected },
    });
  });

  test.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['broken', '{"text":"private words"', { 'content-type': 'application/json' }, 400, 'invalid_body'],
    ['poisoned', '{"__proto__":{"a":1}}', { 'content-type': 'application/json' }, 400, 'invalid_body'],
    [
      'not in UTF-8',
      Buffer.from('{"text":"Gr\u00fc\u00dfe"}', 'latin1'),
      { 'content-type': 'application/json' },
      400,
      'invalid_body',
    ],
    ['of another type', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'invalid_body'],
    ['too large', `{"a":"${'x'.repeat(1_000)}"}`, { 'content-type': 'application/json' }, 413, 'body_too_large'],
  ])('%s', async (_name, body, headers, status, code) => {
    const answer = await call('POST', '/v1/messages', { body, headers });
    expect(answer).toMatchObject({ status, type: 'application/problem+json; charset=utf-8', body: { status, code } });
    expect(JSON.stringify(answer.body)).not.toContain('private');
  });

  test.each([
    [64, { status: 201 }],
    [65, { status: 400, body: { code: 'invalid_body' } }],
    [400, { status: 400, body: { code: 'invalid_body' } }],
  ])('nested %i deep', async (depth, expected) => {
    const body = '['.repeat(depth) + ']'.repeat(depth);
    const headers = { 'content-type': 'application/json' };
    expect(await call('POST', '/v1/messages', { body, headers })).toMatchObject(expected);
  });
});

describe('problems', () => {
  test('a known error, with its particulars', async () => {
    expect(await call('GET', '/v1/known')).toMatchObject({
      status: 409,
      type: 'application/problem+json; charset=utf-8',
      body: {
        type: 'urn:parley:problem:session_closed',
        title: 'Conflict',
        status: 409,
        code: 'session_closed',
        detail: 'The session ended.',
        windowEndedAt: '2026-11-22T00:00:00.000Z',
      },
    });
  });

  test.each([
    ['GET', '/v1/nowhere?token=topsecret'],
    ['DELETE', '/v1/known'],
    ['POST', '/v1/nowhere'],
  ])('%s %s: there is nothing', async (method, path) => {
    const answer = await call(method, path);
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(JSON.stringify(answer.body)).not.toContain('topsecret');
  });

  test('an unforeseen error tells its request id only; the log tells more, but no secret', async () => {
    const answer = await call('GET', '/v1/unforeseen');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    const { requestId } = answer.body;
    expect(JSON.stringify(answer.body)).not.toContain('in a message');
    expect(test_.log.lines).toContainEqual(
      expect.objectContaining({ requestId, method: 'GET', route: '/v1/unforeseen', msg: 'request failed' }),
    );
    expect(test_.log.text).not.toContain('topsecret');
  });
});
