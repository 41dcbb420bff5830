/** Describes requests about templates, as the API checks and documents them. */
import { z } from 'zod';
import { accountRef, limit, object, text } from '../../api/schemas.ts';

export const templatesQuery = accountRef.extend({
  status: text.optional(),
  name: text.optional(),
  language: text.optional(),
  category: text.optional(),
  limit,
  after: text.optional(),
});
export const removeTemplateQuery = accountRef.extend({ name: text, id: text.optional() });

export const createTemplate = z.strictObject({
  name: text,
  language: text,
  category: text,
  parameterFormat: z.enum(['named', 'positional']).optional(),
  components: z.array(object).min(1),
  allowCategoryChange: z.boolean().optional(),
  ttlSeconds: z.int().optional(),
});
export const editTemplate = z.strictObject({
  category: text.optional(),
  components: z.array(object).min(1).optional(),
  ttlSeconds: z.int().optional(),
});
