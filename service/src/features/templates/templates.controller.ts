import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Page, Template } from '../../../../contract/api.ts';
import { accountRef } from '../../api/schemas.ts';
import { Describe } from '../../platform/openapi.ts';
import { ZodPipe } from '../../platform/zod.pipe.ts';
import { Templates } from './templates.ts';
import { createTemplate, editTemplate, removeTemplateQuery, templatesQuery } from './templates.schema.ts';

type Ref = z.output<typeof accountRef>;
const PROBLEMS = [404, 409, 422, 429, 502];

/** Answers calls about message templates, which the provider keeps. */
@Controller('v1/templates')
export class TemplatesController {
  readonly #templates: Templates;

  constructor(@Inject(Templates) templates: Templates) {
    this.#templates = templates;
  }

  @Describe({ summary: 'List templates', query: templatesQuery, problems: PROBLEMS })
  @Get()
  list(@Query(new ZodPipe(templatesQuery)) query: z.output<typeof templatesQuery>): Promise<Page<Template>> {
    const { channel, externalId, settingsDigest, ...filter } = query;
    return this.#templates.list({ channel, externalId, settingsDigest }, filter);
  }

  @Describe({ summary: 'Get a template', query: accountRef, problems: PROBLEMS })
  @Get(':id')
  get(@Param('id') id: string, @Query(new ZodPipe(accountRef)) ref: Ref): Promise<Template> {
    return this.#templates.get(ref, id);
  }

  @Describe({
    summary: 'Create a template',
    query: accountRef,
    body: createTemplate,
    answer: { status: 201, description: 'Created; the provider reviews it' },
    problems: PROBLEMS,
  })
  @Post()
  create(
    @Query(new ZodPipe(accountRef)) ref: Ref,
    @Body(new ZodPipe(createTemplate)) body: z.output<typeof createTemplate>,
  ): Promise<{ id: string; status: string; category: string }> {
    return this.#templates.create(ref, body);
  }

  @Describe({ summary: 'Change a template', query: accountRef, body: editTemplate, problems: PROBLEMS })
  @Patch(':id')
  async edit(
    @Param('id') id: string,
    @Query(new ZodPipe(accountRef)) ref: Ref,
    @Body(new ZodPipe(editTemplate)) body: z.output<typeof editTemplate>,
  ): Promise<{ updated: true }> {
    await this.#templates.edit(ref, id, body);
    return { updated: true };
  }

  @Describe({ summary: 'Delete a template', query: removeTemplateQuery, problems: PROBLEMS })
  @Delete()
  async remove(
    @Query(new ZodPipe(removeTemplateQuery)) query: z.output<typeof removeTemplateQuery>,
  ): Promise<{ deleted: true }> {
    const { name, id, ...ref } = query;
    await this.#templates.remove(ref, { name, ...(id !== undefined && { id }) });
    return { deleted: true };
  }
}
