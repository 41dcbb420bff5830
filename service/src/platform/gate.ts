/**
 * The gate of the API decides about a request from its address and its headers, before a byte of its body is read: callers without a key,
 * however many and slow they are, keep nobody else out.
 */
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import { ParleyError } from '../core/errors.ts';
import { authorize, type ApiKeyLookup } from './api-keys.ts';
import { DESCRIBED } from './problem.ts';

const MAX_CALLS = 1_000;
const RETRY_MS = 1_000;
/** What anyone may ask: how the service is, how its API is described, and what providers call. */
const OPEN = /^\/(?:healthz|readyz|metrics|docs(?:-json|-yaml)?|docs\/.*|webhooks\/.*)$/;

/**
 * Refuses what has no route (404, or 405 with `Allow`), calls without a valid key (401), and calls beyond `max` that are answered at the same time
 * (503 `overloaded`). A few routes are open to all, and not counted. It has to be registered before the routes.
 */
export function registerGate(fastify: FastifyInstance, lookup: ApiKeyLookup, max = MAX_CALLS): void {
  const methods = new Routes(fastify);
  let calls = 0;
  fastify.addHook('onRequest', async (request, reply) => {
    // The route, not the address as it was written: `/%761/` is `/v1/`.
    const { url: route } = request.routeOptions;
    if (request.is404 || route === undefined) throw nothingHere(methods.at(pathOf(request)));
    if (OPEN.test(route)) return;
    await authorize(request.headers.authorization, lookup);
    if (calls >= max) {
      throw new ParleyError(503, 'overloaded', 'Too many calls at the same time', { retryAfterMs: RETRY_MS });
    }
    calls += 1;
    // Also when the caller hangs up.
    reply.raw.once('close', () => (calls -= 1));
  });
}

/** Knows which methods each address takes. */
class Routes {
  readonly #routes: { pattern: RegExp; methods: readonly HTTPMethods[] }[] = [];

  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => {
      this.#routes.push({ pattern: patternOf(url), methods: Array.isArray(method) ? method : [method] });
    });
  }

  at(path: string): string[] {
    const found = this.#routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    return [...new Set(found)].sort();
  }
}

/** Makes a pattern of a route's address: `:name` is one part of a path, `*` any rest. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('/')}$`);
}

function pathOf({ url }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1);
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function nothingHere(methods: readonly string[]): ParleyError {
  if (methods.length === 0) {
    return new ParleyError(404, 'not_found', `There is nothing at this address; ${DESCRIBED}`);
  }
  const allow = methods.join(', ');
  const detail = `This address takes ${allow}; ${DESCRIBED}`;
  return new ParleyError(405, 'method_not_allowed', detail, { allow });
}
