import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { ReplayedEvents } from '../../../../contract/dead-letter.ts';
import { Describe } from '../../platform/openapi.ts';
import { ZodPipe } from '../../platform/zod.pipe.ts';
import { EventReplay } from './event-replay.ts';
import { replayEvents } from './event-replay.schema.ts';

/** Gives a subscription once more what it has had, or missed. */
@Controller('v1/subscriptions')
export class EventReplayController {
  readonly #replay: EventReplay;

  constructor(@Inject(EventReplay) replay: EventReplay) {
    this.#replay = replay;
  }

  @Describe({
    summary: 'Deliver the events of a time again',
    description:
      'Those that the subscription wants, with their ids, oldest first. Of a long time the rest follows in the background.',
    body: replayEvents,
    answer: { status: 202, description: 'Promised' },
    problems: [404],
  })
  @Post(':id/replay')
  @HttpCode(202)
  replay(
    @Param('id') id: string,
    @Body(new ZodPipe(replayEvents)) body: z.output<typeof replayEvents>,
  ): Promise<ReplayedEvents> {
    return this.#replay.start(id, body);
  }
}
