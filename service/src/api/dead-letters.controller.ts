import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import type { Page } from '../../../contract/api.ts';
import type {
  DeadLetter,
  DeadLetterChoice,
  DeadLetterDetails,
  DiscardAnswer,
  ReplayAnswer,
  ReplayDeadLetters,
  ReplayedLetter,
} from '../../../contract/dead-letter.ts';
import { DeadLetters } from '../dead-letters/dead-letters.ts';
import { ApiKeyGuard } from '../platform/api-keys.ts';
import { Describe } from '../platform/openapi.ts';
import { ZodPipe } from '../platform/zod.pipe.ts';
import { deadLettersQuery, discardDeadLetters, replayDeadLetter, replayDeadLetters } from './dead-letters.schema.ts';

/** What did not arrive and waits for a person. */
@Controller('v1/deliveries')
@UseGuards(ApiKeyGuard)
export class DeadLettersController {
  readonly #letters: DeadLetters;

  constructor(@Inject(DeadLetters) letters: DeadLetters) {
    this.#letters = letters;
  }

  @Describe({
    summary: 'List dead letters, newest first',
    description:
      'Messages that ended failed or unknown, and webhooks that could not be read, until they are dealt with.',
    query: deadLettersQuery,
  })
  @Get()
  list(@Query(new ZodPipe(deadLettersQuery)) query: z.output<typeof deadLettersQuery>): Promise<Page<DeadLetter>> {
    const { limit, after, ...filter } = query;
    return this.#letters.list(filter, limit, after);
  }

  @Describe({ summary: 'Get a dead letter with its attempts or its body', problems: [404] })
  @Get(':id')
  get(@Param('id') id: string): Promise<DeadLetterDetails> {
    return this.#letters.get(id);
  }

  @Describe({
    summary: 'Replay dead letters, by ids or by a filter',
    description:
      'A message becomes a new one, once, by the rules of every send; a webhook is read. What is refused is told in skipped and stays.',
    body: replayDeadLetters,
  })
  @Post('replay')
  @HttpCode(200)
  replay(@Body(new ZodPipe(replayDeadLetters)) body: z.output<typeof replayDeadLetters>): Promise<ReplayAnswer> {
    return this.#letters.replay(body as ReplayDeadLetters);
  }

  @Describe({ summary: 'Discard dead letters, by ids or by a filter', body: discardDeadLetters })
  @Post('discard')
  @HttpCode(200)
  discard(@Body(new ZodPipe(discardDeadLetters)) body: z.output<typeof discardDeadLetters>): Promise<DiscardAnswer> {
    return this.#letters.discard(body as DeadLetterChoice);
  }

  @Describe({ summary: 'Replay a dead letter', body: replayDeadLetter, problems: [404, 409, 422] })
  @Post(':id/replay')
  @HttpCode(200)
  replayOne(
    @Param('id') id: string,
    @Body(new ZodPipe(replayDeadLetter)) body: z.output<typeof replayDeadLetter>,
  ): Promise<ReplayedLetter> {
    return this.#letters.replayOne(id, body?.evenIfUnknown ?? false);
  }

  @Describe({ summary: 'Discard a dead letter', problems: [404] })
  @Post(':id/discard')
  @HttpCode(200)
  async discardOne(@Param('id') id: string): Promise<{ discarded: true }> {
    await this.#letters.discardOne(id);
    return { discarded: true };
  }
}
