/** Webhook URLs asked with GET: the provider proves the URL, where it does so. POSTs never get here, see webhooks.listener. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts, LiveAccount } from '../connectors/accounts.ts';
import { has, type RawRequest } from '../channels/channel.ts';
import { findChannel } from '../channels/registry.ts';
import { ParleyError } from '../core/errors.ts';

export const WEBHOOK_ROUTE = '/webhooks/:channel/:endpoint';

type WebhookRequest = FastifyRequest<{ Params: { channel: string; endpoint: string } }>;

/** Errors go to the same filter as those of controllers. */
export function registerWebhooks(fastify: FastifyInstance, { accounts }: { accounts: Accounts }): void {
  fastify.all(WEBHOOK_ROUTE, (request: WebhookRequest, reply) => handshake(request, reply, accounts));
}

async function handshake(request: WebhookRequest, reply: FastifyReply, accounts: Accounts): Promise<FastifyReply> {
  const { channel, settings } = await accountOf(accounts, request.params.channel, request.params.endpoint);
  if (request.method !== 'GET' || !has(channel, 'handshake')) {
    throw new ParleyError(405, 'invalid_request', 'Webhooks are posted');
  }
  const answer = channel.handshake.answer(rawRequest(request), settings);
  return reply.status(answer.status).type(answer.contentType).send(answer.body);
}

/** Throws `unknown_endpoint` (404). */
export async function accountOf(accounts: Accounts, channel: string, endpoint: string): Promise<LiveAccount> {
  const { id } = findChannel(channel);
  const account = accounts.byEndpoint(id, endpoint) ?? (await accounts.refreshed()).byEndpoint(id, endpoint);
  if (account !== undefined) return account;
  throw new ParleyError(
    404,
    'unknown_endpoint',
    'No account has this webhook URL: it was deleted, or the URL is wrong',
  );
}

function rawRequest(request: FastifyRequest): RawRequest {
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
    body: Buffer.alloc(0),
  };
}
