/** Webhook URLs asked with GET: the provider proves the URL, where it does so. POSTs never get here, see webhooks.listener. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveConnection } from '../connectors/live.ts';
import { has } from '../channels/channel.ts';
import type { RawRequest, RawResponse } from '../connectors/connector.ts';
import { findChannel } from '../channels/registry.ts';
import { ParleyError } from '../core/errors.ts';

export const WEBHOOK_ROUTE = '/webhooks/:channel/:endpoint';

type WebhookRequest = FastifyRequest<{ Params: { channel: string; endpoint: string } }>;

/** Errors go to the same filter as those of controllers. */
export function registerWebhooks(fastify: FastifyInstance, { accounts }: { accounts: Accounts }): void {
  fastify.all(WEBHOOK_ROUTE, (request: WebhookRequest, reply) => handshake(request, reply, accounts));
}

async function handshake(request: WebhookRequest, reply: FastifyReply, accounts: Accounts): Promise<FastifyReply> {
  const connection = await connectionOf(accounts, request.params.channel, request.params.endpoint);
  const { channel } = connection;
  if (request.method !== 'GET' || !has(channel, 'handshake')) {
    throw new ParleyError(405, 'method_not_allowed', 'Webhooks are posted', { allow: 'POST' });
  }
  const { handshake: power } = channel;
  const asked = rawRequest(request);
  const { connections } = accounts;
  const called = () => connections.find(connection.id) ?? connection;
  const prove = () => connections.handshake(called(), (settings) => power.answer(asked, settings));
  const answer = await provedBy(prove, accounts);
  return reply.status(answer.status).type(answer.contentType).send(answer.body);
}

/** Providers ask while the account is being saved, maybe by another process. */
async function provedBy(prove: () => RawResponse, accounts: Accounts): Promise<RawResponse> {
  try {
    return prove();
  } catch (error) {
    return accounts.recheck(prove, error);
  }
}

/** Throws `unknown_endpoint` (404). */
export async function connectionOf(accounts: Accounts, channel: string, endpoint: string): Promise<LiveConnection> {
  const { id } = findChannel(channel);
  const connection = await accounts.connection(id, endpoint);
  if (connection !== undefined) return connection;
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
