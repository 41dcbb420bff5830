import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { ActionDescription } from '../../../contract/api.ts';
import { Accounts } from '../connectors/accounts.ts';
import type { Channel } from '../channels/channel.ts';
import type { ConnectorIo } from '../connectors/connector.ts';
import { ParleyError } from '../core/errors.ts';
import { Describe } from '../platform/openapi.ts';
import { ZodPipe } from '../platform/zod.pipe.ts';
import { validate } from '../core/validation.ts';
import { accountRef, actionInput } from './schemas.ts';
import { CHANNEL_IO } from './tokens.ts';

type Ref = z.output<typeof accountRef>;

/** What only one provider has, by name. */
@Controller('v1/actions')
export class ActionsController {
  readonly #accounts: Accounts;
  readonly #io: ConnectorIo;

  constructor(@Inject(Accounts) accounts: Accounts, @Inject(CHANNEL_IO) io: ConnectorIo) {
    this.#accounts = accounts;
    this.#io = io;
  }

  @Describe({
    summary: "List an account's actions",
    description: 'What its provider has beyond messages, with a JSON Schema of the input of each.',
    query: accountRef,
    problems: [404, 409],
  })
  @Get()
  async list(@Query(new ZodPipe(accountRef)) ref: Ref): Promise<{ data: ActionDescription[] }> {
    const { channel } = await this.#accounts.required(ref);
    const data = Object.entries(channel.actions ?? {}).map(([name, { changes, input }]) => {
      const { $schema: _dialect, ...schema } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
      return { name, changes, input: schema };
    });
    return { data };
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
    const { channel, settings } = await this.#accounts.required(ref);
    const action = actionOf(channel, name);
    return { result: await action.run(validate(action.input, body), settings, this.#io) };
  }
}

function actionOf(channel: Channel, name: string) {
  const { actions = {} } = channel;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined) return action;
  const known = Object.keys(actions);
  const others = known.length === 0 ? 'It has none' : `It has: ${known.join(', ')}`;
  throw new ParleyError(404, 'not_found', `${channel.name} has no such action. ${others}.`, { actions: known });
}
