import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Page, Template } from '../../../contract/api.ts';
import type { AccountRef } from '../../../contract/channel.ts';
import { Accounts } from '../connectors/accounts.ts';
import { has, type TemplatePower } from '../channels/channel.ts';
import type { ConnectorIo } from '../connectors/connector.ts';
import { ParleyError } from '../core/errors.ts';
import { Describe } from '../platform/openapi.ts';
import { ZodPipe } from '../platform/zod.pipe.ts';
import { accountRef, createTemplate, editTemplate, removeTemplateQuery, templatesQuery } from './schemas.ts';
import { CHANNEL_IO } from './tokens.ts';

type Ref = z.output<typeof accountRef>;
const PROBLEMS = [404, 409, 422, 429, 502];

/** Message templates, kept by the provider. */
@Controller('v1/templates')
export class TemplatesController {
  readonly #accounts: Accounts;
  readonly #io: ConnectorIo;

  constructor(@Inject(Accounts) accounts: Accounts, @Inject(CHANNEL_IO) io: ConnectorIo) {
    this.#accounts = accounts;
    this.#io = io;
  }

  @Describe({ summary: 'List templates', query: templatesQuery, problems: PROBLEMS })
  @Get()
  async list(@Query(new ZodPipe(templatesQuery)) query: z.output<typeof templatesQuery>): Promise<Page<Template>> {
    const { channel, externalId, settingsDigest, ...filter } = query;
    const { power, settings } = await this.#power({ channel, externalId, settingsDigest });
    return power.list(filter, settings, this.#io);
  }

  @Describe({ summary: 'Get a template', query: accountRef, problems: PROBLEMS })
  @Get(':id')
  async get(@Param('id') id: string, @Query(new ZodPipe(accountRef)) ref: Ref): Promise<Template> {
    const { power, settings } = await this.#power(ref);
    return power.get(id, settings, this.#io);
  }

  @Describe({
    summary: 'Create a template',
    query: accountRef,
    body: createTemplate,
    answer: { status: 201, description: 'Created; the provider reviews it' },
    problems: PROBLEMS,
  })
  @Post()
  async create(
    @Query(new ZodPipe(accountRef)) ref: Ref,
    @Body(new ZodPipe(createTemplate)) body: z.output<typeof createTemplate>,
  ): Promise<{ id: string; status: string; category: string }> {
    const { power, settings } = await this.#power(ref);
    return power.create(body, settings, this.#io);
  }

  @Describe({ summary: 'Change a template', query: accountRef, body: editTemplate, problems: PROBLEMS })
  @Patch(':id')
  async edit(
    @Param('id') id: string,
    @Query(new ZodPipe(accountRef)) ref: Ref,
    @Body(new ZodPipe(editTemplate)) body: z.output<typeof editTemplate>,
  ): Promise<{ updated: true }> {
    const { power, settings } = await this.#power(ref);
    await power.edit(id, body, settings, this.#io);
    return { updated: true };
  }

  @Describe({ summary: 'Delete a template', query: removeTemplateQuery, problems: PROBLEMS })
  @Delete()
  async remove(
    @Query(new ZodPipe(removeTemplateQuery)) query: z.output<typeof removeTemplateQuery>,
  ): Promise<{ deleted: true }> {
    const { name, id, ...ref } = query;
    const { power, settings } = await this.#power(ref);
    await power.remove({ name, ...(id !== undefined && { id }) }, settings, this.#io);
    return { deleted: true };
  }

  async #power(ref: AccountRef): Promise<{ power: TemplatePower<unknown>; settings: unknown }> {
    const { channel, settings } = await this.#accounts.required(ref);
    if (has(channel, 'templates')) return { power: channel.templates, settings };
    throw new ParleyError(400, 'unsupported_by_channel', `${channel.name} has no message templates`);
  }
}
