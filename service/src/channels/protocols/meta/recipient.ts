/** People as Meta names them to one Page or account: ids of digits. */
import type { IdentityRef } from '../../../../../contract/event.ts';
import { ParleyError } from '../../../core/errors.ts';

const SCOPED_ID = /^\d{1,32}$/;

/** Reads what a workflow wrote as a recipient; throws `ParleyError(400, 'invalid_recipient')`. */
export function scopedRecipient(to: string, kind: string, name: string): IdentityRef {
  const address = to.trim();
  if (SCOPED_ID.test(address)) return { kind, address };
  const expected = `the ${name} of somebody who wrote to this account, digits only like 5678901234567890`;
  throw new ParleyError(400, 'invalid_recipient', `The recipient is not valid. Expected ${expected}.`);
}
