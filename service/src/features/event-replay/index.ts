/** Replays the events of a time to a workflow that was down, or had to be mended. */
import type { Feature, Kernel } from '../feature.ts';
import { EventReplayController } from './event-replay.controller.ts';
import { EventReplay } from './event-replay.ts';

export function eventReplay(kernel: Kernel): Feature {
  const replay = new EventReplay(kernel);
  return { name: 'event replay', tasks: [replay], controllers: [EventReplayController], services: [replay] };
}
