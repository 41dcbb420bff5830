/** Recipients, and the body of `POST /{pageId}/messages`. */
import type { IdentityRef } from '../../../../contract/event.ts';
import { scopedRecipient } from '../protocols/meta/recipient.ts';

export const recipient = (to: string): IdentityRef => scopedRecipient(to, 'psid', 'page-scoped id (PSID)');
