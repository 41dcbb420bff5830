import { Body, Controller, Delete, Get, HttpStatus, Inject, Param, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Account, DeletedAccount, ProvisioningStep } from '../../../contract/api.ts';
import { Accounts } from '../connectors/accounts.ts';
import { perSecondOf, type LiveAccount } from '../connectors/live.ts';
import { Limits } from '../connectors/limits.ts';
import { Provisioning } from '../connectors/provisioning.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import { iso } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import { Describe } from '../platform/openapi.ts';
import { mask } from '../platform/secret-box.ts';
import { ZodPipe } from '../platform/zod.pipe.ts';
import { putAccount } from './schemas.ts';

/** Send identities at providers. */
@Controller('v1/accounts')
export class AccountsController {
  readonly #accounts: Accounts;
  readonly #provisioning: Provisioning;

  readonly #limits: Limits;

  constructor(
    @Inject(Accounts) accounts: Accounts,
    @Inject(Provisioning) provisioning: Provisioning,
    @Inject(Limits) limits: Limits,
  ) {
    this.#accounts = accounts;
    this.#provisioning = provisioning;
    this.#limits = limits;
  }

  @Describe({
    summary: 'Create or change an account',
    description: "Settings are the channel's own. Where the provider's API allows, its webhooks are pointed here.",
    body: putAccount,
    problems: [404],
  })
  @Put(':channel/:externalId')
  async put(
    @Param('channel') channel: string,
    @Param('externalId') externalId: string,
    @Body(new ZodPipe(putAccount)) body: z.output<typeof putAccount>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Account> {
    const { account, created } = await this.#accounts.put(channel, externalId, body);
    const [steps] = await Promise.all([this.#provisioning.provision(account), this.#limits.known(account)]);
    reply.status(created ? HttpStatus.CREATED : HttpStatus.OK);
    return this.#view(this.#accounts.find(account.id) ?? account, steps);
  }

  @Describe({ summary: 'List accounts' })
  @Get()
  async list(): Promise<{ data: Account[] }> {
    return { data: (await this.#accounts.refreshed()).list().map((account) => this.#view(account)) };
  }

  @Describe({ summary: 'Get an account', problems: [404] })
  @Get(':id')
  async get(@Param('id') id: string): Promise<Account> {
    const account = await this.#accounts.known(id);
    if (account === undefined) throw unknown(id);
    return this.#view(account);
  }

  @Describe({
    summary: 'Delete an account',
    description:
      'With the last account of a connection, what was set up for it at the provider goes as well; `provisioning` says what stays.',
    problems: [404],
  })
  @Delete(':id')
  async remove(@Param('id') id: string): Promise<DeletedAccount> {
    const account = await this.#accounts.remove(id);
    if (account === undefined) throw unknown(id);
    const steps = await this.#provisioning.remove(account);
    return { deleted: true, ...(steps.length > 0 && { provisioning: steps }) };
  }

  #view(account: LiveAccount, provisioning?: ProvisioningStep[]): Account {
    const perSecond = perSecondOf(account);
    const throttle = this.#accounts.throttleOf(account);
    return {
      id: account.id,
      channel: account.channel.id,
      channelName: account.channel.name,
      externalId: account.externalId,
      ...(account.name !== null && { name: account.name }),
      settings: mask(account.settings as Record<string, unknown>, account.channel.secrets),
      webhookUrl: this.#provisioning.webhookUrl(account),
      capabilities: capabilitiesOf(account),
      ...(perSecond !== undefined && { perSecond }),
      ...(account.pause && { paused: { since: iso(account.pause.since), reason: account.pause.reason } }),
      ...(throttle && {
        throttled: { since: iso(throttle.since), until: iso(throttle.until), reason: throttle.reason },
      }),
      ...(provisioning && { provisioning }),
      createdAt: iso(account.createdAt),
      updatedAt: iso(account.updatedAt),
    };
  }
}

function unknown(id: string): ParleyError {
  return new ParleyError(404, 'not_found', `There is no account '${id}'`);
}
