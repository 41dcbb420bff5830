/** Describes requests about replays of events, as the API checks and documents them. */
import { z } from 'zod';
import { EVENT_TYPES } from '../../../../contract/event.ts';

const instant = z.iso.datetime({ offset: true });

export const replayEvents = z
  .strictObject({ from: instant, to: instant.optional(), types: z.array(z.enum(EVENT_TYPES)).min(1).optional() })
  .refine(({ from, to }) => to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: "Must be after 'from'",
  });
