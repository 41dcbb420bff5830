import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Page } from '../../../../contract/api.ts';
import type {
  DeadLetter,
  DeadLetterDetails,
  DiscardAnswer,
  ReplayAnswer,
  ReplayedDeadLetter,
} from '../../../../contract/dead-letter.ts';
import { DeadLetters } from './dead-letters.ts';
import { Describe } from '../../platform/openapi.ts';
import { ZodPipe } from '../../platform/zod.pipe.ts';
import { deadLettersQuery, discardDeadLetters, replayDeadLetter, replayDeadLetters } from './dead-letters.schema.ts';

/** Names the former path of dead letters, which the service answers until the next minor version. */
export const FORMER_DEAD_LETTERS = '/v1/deliveries';

/** Answers what both paths answer alike. */
class DeadLetterRoutes {
  protected readonly deadLetters: DeadLetters;

  constructor(@Inject(DeadLetters) deadLetters: DeadLetters) {
    this.deadLetters = deadLetters;
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
    return this.deadLetters.list(filter, limit, after);
  }

  @Describe({ summary: 'Get a dead letter with its attempts or its body', problems: [404] })
  @Get(':id')
  get(@Param('id') id: string): Promise<DeadLetterDetails> {
    return this.deadLetters.get(id);
  }

  @Describe({ summary: 'Discard dead letters, by ids or by a filter', body: discardDeadLetters })
  @Post('discard')
  @HttpCode(200)
  discard(@Body(new ZodPipe(discardDeadLetters)) body: z.output<typeof discardDeadLetters>): Promise<DiscardAnswer> {
    return this.deadLetters.discard(body);
  }

  @Describe({ summary: 'Replay a dead letter', body: replayDeadLetter, problems: [404, 409, 422] })
  @Post(':id/replay')
  @HttpCode(200)
  replayOne(
    @Param('id') id: string,
    @Body(new ZodPipe(replayDeadLetter)) body: z.output<typeof replayDeadLetter>,
  ): Promise<ReplayedDeadLetter> {
    return this.deadLetters.replayOne(id, body?.evenIfUnknown ?? false);
  }

  @Describe({ summary: 'Discard a dead letter', problems: [404] })
  @Post(':id/discard')
  @HttpCode(200)
  async discardOne(@Param('id') id: string): Promise<{ discarded: true }> {
    await this.deadLetters.discardOne(id);
    return { discarded: true };
  }
}

/** Answers calls about what did not arrive and waits for a person. */
@Controller('v1/dead-letters')
export class DeadLettersController extends DeadLetterRoutes {
  @Describe({
    summary: 'Replay dead letters, by ids or by a filter',
    description:
      'A message becomes a new one, once, by the rules of every send; a webhook is read. What is refused, and what may have arrived, is told in skipped and stays.',
    body: replayDeadLetters,
  })
  @Post('replay')
  @HttpCode(200)
  replay(@Body(new ZodPipe(replayDeadLetters)) body: z.output<typeof replayDeadLetters>): Promise<ReplayAnswer> {
    return this.deadLetters.replay(body);
  }
}

/** Answers the same by the former path: the answer of a replay has `letters` as well. */
@Controller(FORMER_DEAD_LETTERS)
export class FormerDeadLettersController extends DeadLetterRoutes {
  @Describe({ summary: 'Replay dead letters, by ids or by a filter', body: replayDeadLetters })
  @Post('replay')
  @HttpCode(200)
  async replay(
    @Body(new ZodPipe(replayDeadLetters)) body: z.output<typeof replayDeadLetters>,
  ): Promise<ReplayAnswer & { letters: ReplayedDeadLetter[] }> {
    const answer = await this.deadLetters.replay(body);
    return { ...answer, letters: answer.deadLetters };
  }
}
