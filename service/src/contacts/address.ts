/** Finds whom an address means that somebody wrote, by who is known. */
import type { LiveAccount } from '../connectors/live.ts';
import type { IdentityRef } from '../../../contract/event.ts';
import { ParleyError } from '../core/errors.ts';
import { identityIn, isSameAddress } from '../core/identity.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Db } from '../store/unit-of-work.ts';

/**
 * Reads an address as the account's channel does; one that may name two people names the one whom the account has a conversation with. Throws
 * `invalid_recipient` (400) that says how to write it.
 */
export async function addressOf(db: Db, account: LiveAccount, to: string): Promise<IdentityRef> {
  const read = account.channel.recipient(to, account.settings);
  if (!('ifKnown' in read)) return read;
  const { ifKnown, otherwise, mend } = read;
  const isOne = otherwise !== undefined && isSameAddress(ifKnown, otherwise);
  const isKnown = !isOne && (await isKnownTo(db, account, ifKnown));
  if (otherwise !== undefined && !isKnown) return otherwise;
  if (otherwise === undefined && isKnown) return ifKnown;
  throw new ParleyError(400, 'invalid_recipient', mend);
}

async function isKnownTo(db: Db, account: LiveAccount, ref: IdentityRef): Promise<boolean> {
  for (const { contactId } of await contacts.holdersOf(db, identityIn(account, ref))) {
    if (await conversations.isWith(db, account.id, contactId)) return true;
  }
  return false;
}
