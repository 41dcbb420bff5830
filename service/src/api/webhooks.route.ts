/**
 * Where providers post. POST: a webhook. GET: the provider proves the URL, where it does so. A route of Fastify's own: this is the hot
 * path, and Nest's layers cost as much there as everything that is done with the webhook.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts, LiveAccount } from '../accounts/accounts.ts';
import { has, type RawRequest } from '../channels/channel.ts';
import { findChannel } from '../channels/registry.ts';
import { ParleyError, VerificationError } from '../core/errors.ts';
import type { Acceptor } from '../inbound/accept.ts';
import type { Metrics } from '../platform/metrics.ts';

interface Deps {
  accounts: Accounts;
  acceptor: Acceptor;
  metrics: Metrics;
}
type WebhookRequest = FastifyRequest<{ Params: { channel: string; endpoint: string } }>;

/** Errors go to the same filter as those of controllers. */
export function registerWebhooks(fastify: FastifyInstance, deps: Deps): void {
  fastify.all('/webhooks/:channel/:endpoint', (request: WebhookRequest, reply) => receive(request, reply, deps));
}

async function receive(request: WebhookRequest, reply: FastifyReply, { accounts, acceptor, metrics }: Deps) {
  const { channel, endpoint } = request.params;
  const account = await accountOf(accounts, channel, endpoint);
  if (request.method === 'GET') return handshake(account, request, reply);
  if (request.method !== 'POST') throw new ParleyError(405, 'invalid_request', 'Webhooks are posted');
  try {
    await acceptor.accept(account, rawRequest(request));
  } catch (error) {
    metrics.webhooks.inc({ channel, outcome: outcomeOf(error) });
    throw error;
  }
  metrics.webhooks.inc({ channel, outcome: 'accepted' });
  return reply.type('text/plain').send('OK');
}

function handshake(account: LiveAccount, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { channel, settings } = account;
  if (!has(channel, 'handshake')) throw new ParleyError(405, 'invalid_request', 'Webhooks are posted');
  const answer = channel.handshake.answer(rawRequest(request), settings);
  return reply.status(answer.status).type(answer.contentType).send(answer.body);
}

async function accountOf(accounts: Accounts, channel: string, endpoint: string): Promise<LiveAccount> {
  const { id } = findChannel(channel);
  const account = accounts.byEndpoint(id, endpoint) ?? (await accounts.refreshed()).byEndpoint(id, endpoint);
  if (account !== undefined) return account;
  throw new ParleyError(
    404,
    'unknown_endpoint',
    'No account has this webhook URL: it was deleted, or the URL is wrong',
  );
}

function outcomeOf(error: unknown): string {
  if (error instanceof VerificationError) return error.failure;
  return error instanceof ParleyError ? error.code : 'internal';
}

function rawRequest(request: FastifyRequest): RawRequest {
  const { body } = request as { body: unknown };
  // A repeated parameter is a list: the first counts.
  const query = Object.entries(request.query as Record<string, string | string[]>).map(([name, value]) => [
    name,
    Array.isArray(value) ? (value[0] ?? '') : value,
  ]);
  return {
    method: request.method,
    url: `${request.protocol}://${request.host}${request.url}`,
    headers: request.headers as Record<string, string>,
    query: Object.fromEntries(query) as Record<string, string>,
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}
