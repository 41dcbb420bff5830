/** Recipients, and the body of `POST /{account}/messages`. */
import type { IdentityRef } from '../../../../contract/event.ts';
import { scopedRecipient } from '../protocols/meta/recipient.ts';

export const recipient = (to: string): IdentityRef => scopedRecipient(to, 'igsid', 'instagram-scoped id (IGSID)');
