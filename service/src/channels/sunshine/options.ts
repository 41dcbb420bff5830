/** What a send may ask beyond the contract. */
import { z } from 'zod';

const override = z.record(z.string(), z.unknown());

export const sendOptions = z.strictObject({
  /** Who stands beside the message. */
  displayName: z.string().min(1).max(128).optional(),
  avatarUrl: z
    .url({ protocol: /^https$/ })
    .max(2000)
    .optional(),
  /** Marks the message as one of an AI, with the disclaimer that channels show. */
  ai: z.boolean().optional(),
  /** Keeps it in the history only: no channel shows it. */
  silent: z.boolean().optional(),
  /** What a channel gets instead, in its own words, by its name: `{"whatsapp": {"payload": {…}}}`. */
  override: override.optional(),
});

export type SunshineOptions = z.output<typeof sendOptions>;
