/** Describes requests about dead letters and replays, as the API checks and documents them. */
import { z } from 'zod';
import { DEAD_LETTER_TYPES, type DeadLetterChoice, type ReplayDeadLetters } from '../../../../contract/dead-letter.ts';
import { limit, text } from '../../api/schemas.ts';

const instant = z.iso.datetime({ offset: true });

const filter = z.strictObject({
  type: z.enum(DEAD_LETTER_TYPES).optional(),
  channel: text.optional(),
  externalId: text.optional(),
  code: text.max(100).optional(),
  status: z.enum(['failed', 'unknown']).optional(),
  address: text.optional(),
  from: instant.optional(),
  to: instant.optional(),
});

export const deadLettersQuery = filter.extend({ limit, after: text.optional() });

const MAX_IDS = 500;

const choice = z.strictObject({
  ids: z.array(text.max(100)).min(1).max(MAX_IDS).optional(),
  filter: filter.optional(),
  limit: z.int().min(1).max(MAX_IDS).optional(),
  after: text.optional(),
});

const evenIfUnknown = z.boolean().optional();

/** Reads a choice: either ids or a filter; the rest is of a filter. */
function chosen(
  { ids, filter: by, limit: most, after }: z.output<typeof choice>,
  context: z.RefinementCtx,
): DeadLetterChoice {
  if (ids !== undefined && by === undefined) return { ids };
  if (by !== undefined && ids === undefined) return { filter: by, limit: most, after };
  const message = "Give either 'ids' or 'filter'; an empty filter means all";
  context.addIssue({ code: 'custom', path: ['ids'], message });
  return z.NEVER;
}

export const discardDeadLetters = choice.transform(chosen);
export const replayDeadLetters = choice.extend({ evenIfUnknown }).transform((asked, context): ReplayDeadLetters => ({
  ...chosen(asked, context),
  evenIfUnknown: asked.evenIfUnknown,
}));
export const replayDeadLetter = z.strictObject({ evenIfUnknown }).optional();
