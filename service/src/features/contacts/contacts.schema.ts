/** Describes requests about contacts, as the API checks and documents them. */
import { accountRef, text } from '../../api/schemas.ts';

/** Names a contact by an address; `externalId` absent: of any account of the channel. */
export const contactQuery = accountRef.extend({ externalId: text.optional(), address: text.max(300) });
