/** Links that open a conversation: m.me and ig.me. */
import { z } from 'zod';

/** `ref` arrives with the first message or as a referral; its alphabet and length are Meta's. */
export const linkInput = z.strictObject({
  reference: z
    .string()
    .regex(/^[A-Za-z0-9_=-]+$/, 'may have letters, digits and - _ = only')
    .max(2083)
    .optional(),
  /** Stands in the composer when the conversation opens; the person still has to send it. */
  text: z.string().min(1).max(1000).optional(),
});

export type LinkInput = z.output<typeof linkInput>;

export function linkTo(base: string, { reference, text }: LinkInput): { url: string } {
  const query = new URLSearchParams({
    ...(reference !== undefined && { ref: reference }),
    ...(text !== undefined && { text }),
  }).toString();
  // A plus would stand in the composer.
  return { url: query === '' ? base : `${base}?${query.replaceAll('+', '%20')}` };
}
