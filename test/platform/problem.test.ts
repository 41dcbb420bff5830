import {
  ForbiddenException,
  ImATeapotException,
  InternalServerErrorException,
  NotFoundException,
} from '@nestjs/common';
import { ParleyError, SendError, VerificationError } from '../../service/src/core/errors.ts';
import { LedgerUnavailable } from '../../service/src/store/unavailable.ts';
import { toProblem } from '../../service/src/platform/problem.ts';

const fastifyError = (code: string, statusCode: number) =>
  Object.assign(new Error('quotes private words'), { code, statusCode });

test.each<[string, unknown, number, string]>([
  ['a ParleyError', new ParleyError(413, 'media_too_large', 'Too large.'), 413, 'media_too_large'],
  ['Fastify: body too large', fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413), 413, 'body_too_large'],
  ['Fastify: broken JSON', fastifyError('FST_ERR_CTP_INVALID_JSON_BODY', 400), 400, 'invalid_body'],
  ['Fastify: media type', fastifyError('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 415, 'invalid_body'],
  ['Fastify: its own failure', fastifyError('FST_ERR_SEND_INSIDE_ONERR', 500), 500, 'internal'],
  ['Nest: no route', new NotFoundException('Cannot GET /quotes'), 404, 'not_found'],
  ['an address out of the files of /docs', new ForbiddenException(), 404, 'not_found'],
  ['Nest: another client error', new ImATeapotException(), 418, 'invalid_request'],
  ['Nest: a server error', new InternalServerErrorException('quotes'), 500, 'internal'],
  ['a webhook that is not signed', new VerificationError('missing', 'quotes'), 401, 'invalid_signature'],
  ['a webhook that is forged', new VerificationError('mismatch', 'quotes'), 401, 'invalid_signature'],
  ['no secret to check with', new VerificationError('not_configured', 'quotes'), 401, 'signature_not_configured'],
  ['no webhook at all', new VerificationError('malformed', 'quotes'), 400, 'invalid_body'],
  ['a database that is not there', new LedgerUnavailable(new Error('quotes')), 503, 'storage_unavailable'],
  ['a bug', new TypeError('quotes'), 500, 'internal'],
  ['an error of the system', Object.assign(new Error('quotes'), { code: 'ENOSPC', statusCode: 400 }), 500, 'internal'],
  ['a text', 'quotes', 500, 'internal'],
  ['nothing', undefined, 500, 'internal'],
])('%s', (_name, error, status, code) => {
  const { problem, unexpected } = toProblem(error, 'req-1');
  expect(problem).toMatchObject({ status, code, type: `urn:parley:problem:${code}`, title: expect.any(String) });
  expect(problem.detail).toMatch(/^[A-Z].*[^ ]$/);
  expect(JSON.stringify(problem)).not.toMatch(/quotes/);
  expect(unexpected).toBe(code === 'internal');
});

test.each([
  ['settings', 502, 'provider_settings'],
  ['invalid', 400, 'invalid_content'],
  ['session_closed', 409, 'session_closed'],
  ['opted_out', 409, 'opted_out'],
  ['rejected', 422, 'provider_rejected'],
  ['throttled', 429, 'provider_rejected'],
  ['unreachable', 502, 'provider_unreachable'],
  ['unavailable', 502, 'provider_unreachable'],
  ['uncertain', 504, 'provider_unreachable'],
] as const)('a provider call that fails with %s', (kind, status, code) => {
  const error = new SendError(kind, 'The provider says why.', { providerCode: '131', traceId: 'T1' });
  expect(toProblem(error, 'req-1').problem).toMatchObject({
    status,
    code,
    reason: kind,
    detail: 'The provider says why.',
    providerCode: '131',
    traceId: 'T1',
  });
});

test.each([
  [undefined, '1'],
  [1, '1'],
  [1_001, '2'],
  [60_000, '60'],
])('throttled for %s ms: Retry-After %s', (retryAfterMs, seconds) => {
  expect(toProblem(new SendError('throttled', 'Slow down.', { retryAfterMs }), 'r').headers).toEqual({
    'retry-after': seconds,
  });
});

test('particulars never replace the members of the problem', () => {
  const { problem } = toProblem(
    new ParleyError(409, 'handed_off', 'A human has it.', { status: 200, owner: 'human' }),
    'r',
  );
  expect(problem).toMatchObject({ status: 409, owner: 'human' });
});
