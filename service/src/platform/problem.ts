/** Tells each error as an RFC 9457 problem with a stable code, nothing secret, and a word on how to mend it. */
import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import type { Problem, ProblemCode } from '../../../contract/api.ts';
import { ParleyError, SendError, VerificationError, type SendErrorKind } from '../core/errors.ts';
import { LedgerUnavailable } from '../store/unavailable.ts';
import { fieldErrors } from '../core/validation.ts';

/** Describes an answer to a request that failed. */
export interface ProblemAnswer {
  problem: Problem;
  headers: Record<string, string>;
  /** Tells that nobody foresaw it: log it with the request's id. */
  unexpected: boolean;
}

const TITLES: Partial<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Not authorized',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Conflict',
  410: 'Gone',
  412: 'Changed meanwhile',
  413: 'Too large',
  414: 'Address too long',
  415: 'Form not accepted',
  417: 'Expectation not known',
  422: 'Refused by the provider',
  429: 'Too many requests',
  431: 'Headers too long',
  500: 'Internal error',
  502: 'The provider failed',
  503: 'Not available now',
  504: 'The provider did not answer',
};

/** Makes the answer to an error. It tells `requestId` to the caller of an unexpected one, so that the log can be found. */
export function toProblem(error: unknown, requestId: string): ProblemAnswer {
  if (error instanceof ParleyError) return answer(error.status, error.code, error.message, error.extra);
  if (error instanceof SendError) return ofSendError(error);
  if (error instanceof VerificationError) return ofVerificationError(error);
  if (error instanceof z.ZodError) {
    const errors = fieldErrors(error);
    return answer(400, 'invalid_request', 'Some fields of the request are not valid; see errors.', { errors });
  }
  if (error instanceof HttpException) return ofStatus(error.getStatus(), requestId);
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number')
    return code === 'FST_ERR_BAD_URL' ? badAddress() : ofStatus(statusCode, requestId);
  return error instanceof LedgerUnavailable ? storeUnavailable() : internal(requestId);
}

function badAddress(): ProblemAnswer {
  return answer(400, 'invalid_request', 'The address is not valid: a % has to be followed by two hexadecimal digits.');
}

/** Answers what is no HTTP request, by Node's status for it. */
export function noRequest(status: number): ProblemAnswer {
  return status === 400 ? answer(400, 'invalid_request', 'This is no valid HTTP request.') : ofStatus(status, '');
}

/** Answers an outage of the database. It is not unexpected: an outage is logged once, not for each request. */
function storeUnavailable(): ProblemAnswer {
  const detail = 'The database cannot be used at present; nothing was changed. The log of the service says why.';
  return answer(503, 'storage_unavailable', detail, { retryAfterMs: 5_000 });
}

function answer(status: number, code: ProblemCode, detail: string, extra: Record<string, unknown> = {}): ProblemAnswer {
  const { retryAfterMs, allow, ...rest } = extra;
  const headers: Record<string, string> =
    typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } : {};
  if (typeof allow === 'string') headers['allow'] = allow;
  if (status === 401 && code === 'unauthorized') headers['www-authenticate'] = 'Bearer';
  const type = `urn:parley:problem:${code}`;
  const problem = { ...rest, type, title: TITLES[status] ?? 'Error', status, code, detail };
  return { problem, headers, unexpected: false };
}

function internal(requestId: string): ProblemAnswer {
  const detail = `Something went wrong inside Parley. Its log tells more under the request id ${requestId}.`;
  return { ...answer(500, 'internal', detail, { requestId }), unexpected: true };
}

/** Says where the API is described, whether this service shows its description or not. */
export const DESCRIBED = "the API is described in Parley's docs/api.md, and at /docs unless that is switched off.";

/** Tells errors that Nest and Fastify throw by themselves in our own words: their texts may quote the request. */
const BY_STATUS: Partial<Record<number, [ProblemCode, string]>> = {
  400: ['invalid_body', 'The body cannot be read; send valid JSON.'],
  401: ['unauthorized', 'Give the API key as "Authorization: Bearer <key>".'],
  404: ['not_found', `There is nothing at this address; ${DESCRIBED}`],
  405: ['method_not_allowed', `This address does not take this method; ${DESCRIBED}`],
  408: ['invalid_request', 'The request came too slowly.'],
  413: ['body_too_large', 'The body is larger than this address takes.'],
  414: ['invalid_request', 'The address is too long.'],
  415: ['invalid_body', 'The content type is not accepted here; send application/json, not compressed.'],
  417: ['invalid_request', 'The header Expect may only say 100-continue.'],
  431: ['invalid_request', 'The address and the headers are together longer than 16 KiB; shorten them.'],
  503: ['overloaded', 'The service is stopping or overloaded; try again.'],
};

function ofStatus(given: number, requestId: string): ProblemAnswer {
  // Refused are only addresses that climb out of the files of /docs, where there is nothing.
  const status = given === 403 ? 404 : given;
  const [code, detail] = BY_STATUS[status] ?? [];
  if (code !== undefined && detail !== undefined) return answer(status, code, detail);
  return status >= 400 && status < 500
    ? answer(status, 'invalid_request', 'The request was not accepted.')
    : internal(requestId);
}

/** Tells errors of provider calls made while the caller waits: templates, media, read marks. */
const BY_SEND_ERROR: Record<SendErrorKind, [number, ProblemCode]> = {
  settings: [502, 'provider_settings'],
  invalid: [400, 'invalid_content'],
  session_closed: [409, 'session_closed'],
  opted_out: [409, 'opted_out'],
  rejected: [422, 'provider_rejected'],
  throttled: [429, 'provider_rejected'],
  unreachable: [502, 'provider_unreachable'],
  unavailable: [502, 'provider_unreachable'],
  uncertain: [504, 'provider_unreachable'],
};

function ofSendError(error: SendError): ProblemAnswer {
  const [status, code] = BY_SEND_ERROR[error.kind];
  const { providerCode, traceId, retryAfterMs } = error.details;
  const result = answer(status, code, error.message, {
    reason: error.kind,
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(traceId === undefined ? {} : { traceId }),
  });
  if (retryAfterMs !== undefined || error.kind === 'throttled')
    result.headers['retry-after'] = String(Math.max(1, Math.ceil((retryAfterMs ?? 1_000) / 1_000)));
  return result;
}

function ofVerificationError(error: VerificationError): ProblemAnswer {
  if (error.failure === 'malformed') return answer(400, 'invalid_body', 'This is no webhook of this channel.');
  return error.failure === 'not_configured'
    ? answer(
        401,
        'signature_not_configured',
        'The account has no secret to check webhooks with; add it to its settings.',
      )
    : answer(401, 'invalid_signature', 'The webhook is not signed with the secret of this account.');
}
