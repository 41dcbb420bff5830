/** What a send may ask beyond the contract. */
import { z } from 'zod';

export const sendOptions = z.strictObject({
  /** The message's `custom_type`, by which apps decide how to show it. */
  customType: z.string().min(1).max(128).optional(),
  /** No push notification, and nothing counted as unread. */
  silent: z.boolean().optional(),
  /** Whether members get a push notification; absent: as the application is set. */
  push: z.boolean().optional(),
});

export type SendbirdOptions = z.output<typeof sendOptions>;
