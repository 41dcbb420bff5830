/** Bounds the calls of the API that are answered at the same time: beyond the bound, callers are asked to come back. */
import type { FastifyInstance } from 'fastify';
import { ParleyError } from '../core/errors.ts';

const MAX_CALLS = 1_000;
const RETRY_MS = 1_000;

/** Refuses calls beyond `max` with `overloaded`. It always lets health and metrics through. */
export function limitCalls(fastify: FastifyInstance, max = MAX_CALLS): void {
  let calls = 0;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith('/v1/')) return done();
    if (calls >= max)
      return done(new ParleyError(503, 'overloaded', 'Too many calls at the same time', { retryAfterMs: RETRY_MS }));
    calls += 1;
    // Also when the caller hangs up.
    reply.raw.once('close', () => (calls -= 1));
    return done();
  });
}
