import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { ActionDescription } from '../../../../contract/api.ts';
import { accountRef } from '../../api/schemas.ts';
import { Describe } from '../../platform/openapi.ts';
import { ZodPipe } from '../../platform/zod.pipe.ts';
import { actionInput } from './actions.schema.ts';
import { Actions } from './actions.ts';

type Ref = z.output<typeof accountRef>;

/** Runs what only one provider has, by name. */
@Controller('v1/actions')
export class ActionsController {
  readonly #actions: Actions;

  constructor(@Inject(Actions) actions: Actions) {
    this.#actions = actions;
  }

  @Describe({
    summary: "List an account's actions",
    description: 'What its provider has beyond messages, with a JSON Schema of the input of each.',
    query: accountRef,
    problems: [404, 409],
  })
  @Get()
  async list(@Query(new ZodPipe(accountRef)) ref: Ref): Promise<{ data: ActionDescription[] }> {
    return { data: await this.#actions.list(ref) };
  }

  @Describe({
    summary: 'Run an action',
    description: 'The body is its input. It is done at the provider while the caller waits, and never repeated.',
    query: accountRef,
    body: actionInput,
    answer: { description: 'Done; `result` is what the provider tells' },
    problems: [404, 409, 422, 429, 502],
  })
  @Post(':name')
  @HttpCode(200)
  async run(
    @Param('name') name: string,
    @Query(new ZodPipe(accountRef)) ref: Ref,
    @Body(new ZodPipe(actionInput)) body: z.output<typeof actionInput>,
  ): Promise<{ result: Record<string, unknown> }> {
    return { result: await this.#actions.run(ref, name, body) };
  }
}
