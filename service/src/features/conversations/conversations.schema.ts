/** Shapes of requests about conversations, as the API checks and documents them. */
import { z } from 'zod';
import { accountRef, limit, text } from '../../api/schemas.ts';

export const conversationsQuery = accountRef
  .extend({
    channel: text.optional(),
    externalId: text.optional(),
    contactId: text.optional(),
    owner: z.enum(['bot', 'human']).optional(),
    open: z.enum(['true', 'false']).optional(),
    heardSince: z.iso.datetime({ offset: true }).optional(),
    limit,
    after: text.optional(),
  })
  .refine(({ channel, externalId }) => externalId === undefined || channel !== undefined, {
    path: ['channel'],
    error: 'Say the channel of the account',
  });
export const changeConversation = z.strictObject({ owner: z.enum(['bot', 'human']) });
