/** Shapes of requests about contacts, as the API checks and documents them. */
import { accountRef, text } from '../../api/schemas.ts';

/** `externalId` absent: any account of the channel. */
export const contactQuery = accountRef.extend({ externalId: text.optional(), address: text.max(300) });
