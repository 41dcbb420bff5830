/** Event replay: a workflow that was down, or had to be mended, gets the events of a time once more. */
import type { Feature, Kernel } from '../feature.ts';
import { EventReplayController } from './event-replay.controller.ts';
import { EventReplay } from './event-replay.ts';

export function eventReplay(kernel: Kernel): Feature {
  const replay = new EventReplay(kernel);
  return { name: 'event replay', tasks: [replay], controllers: [EventReplayController], services: [replay] };
}
