import { All, Controller, HttpCode, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Accounts, type LiveAccount } from '../accounts/accounts.ts';
import { has, type RawRequest } from '../channels/channel.ts';
import { findChannel } from '../channels/registry.ts';
import { ParleyError, VerificationError } from '../core/errors.ts';
import { Acceptor } from '../inbound/accept.ts';
import { Metrics, METRICS } from '../platform/metrics.ts';

type Params = { channel: string; endpoint: string };

/** Where providers post. POST: a webhook. GET: the provider proves the URL, where it does so. */
@ApiExcludeController()
@Controller('webhooks')
export class WebhooksController {
  readonly #accounts: Accounts;
  readonly #acceptor: Acceptor;
  readonly #metrics: Metrics;

  constructor(
    @Inject(Accounts) accounts: Accounts,
    @Inject(Acceptor) acceptor: Acceptor,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.#accounts = accounts;
    this.#acceptor = acceptor;
    this.#metrics = metrics;
  }

  @All(':channel/:endpoint')
  @HttpCode(200)
  async receive(@Req() request: FastifyRequest<{ Params: Params }>, @Res() reply: FastifyReply): Promise<void> {
    const { channel, endpoint } = request.params;
    const account = this.#account(channel, endpoint);
    if (request.method === 'GET') return this.#handshake(account, request, reply);
    if (request.method !== 'POST') throw new ParleyError(405, 'invalid_request', 'Webhooks are posted');
    try {
      await this.#acceptor.accept(account, rawRequest(request));
    } catch (error) {
      this.#metrics.webhooks.inc({ channel, outcome: outcomeOf(error) });
      throw error;
    }
    this.#metrics.webhooks.inc({ channel, outcome: 'accepted' });
    reply.status(200).type('text/plain').send('OK');
  }

  #handshake(account: LiveAccount, request: FastifyRequest, reply: FastifyReply): void {
    const { channel, settings } = account;
    if (!has(channel, 'handshake')) throw new ParleyError(405, 'invalid_request', 'Webhooks are posted');
    const answer = channel.handshake.answer(rawRequest(request), settings);
    reply.status(answer.status).type(answer.contentType).send(answer.body);
  }

  #account(channel: string, endpoint: string): LiveAccount {
    const account = this.#accounts.byEndpoint(findChannel(channel).id, endpoint);
    if (account !== undefined) return account;
    throw new ParleyError(
      404,
      'unknown_endpoint',
      'No account has this webhook URL: it was deleted, or the URL is wrong',
    );
  }
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
