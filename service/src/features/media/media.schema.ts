/** Shapes of requests about files, as the API checks and documents them. */
import { z } from 'zod';
import { accountRef, text } from '../../api/schemas.ts';

export const uploadQuery = accountRef.extend({
  filename: text.max(255).optional(),
  purpose: z.enum(['message', 'template_example']).default('message'),
});
