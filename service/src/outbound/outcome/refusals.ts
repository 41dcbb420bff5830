/** Finds when a message is refused as if its account were broken, and others are not. */
import type { LiveAccount } from '../../connectors/live.ts';
import type { Attempt } from '../../store/attempt.store.ts';

/** A message is refused so often as if the account were broken, before it is taken to be about the message alone. */
const MAX_REFUSALS = 4;

/**
 * Tells whether it is the message that is refused (once more now), not the account: refused again and again since a person last stored the
 * account, which works, as others went through in between. It would stop them all each time.
 */
export function isItsOwn(account: LiveAccount, calls: readonly Attempt[]): boolean {
  const refusals = calls.filter((one) => one.outcome === 'settings' && one.openedAt >= account.updatedAt);
  return account.pause === null && refusals.length >= MAX_REFUSALS - 1;
}

/** The files of a message are given so often to the provider anew. */
const MAX_RENEWALS = 2;

/** Tells whether a message that is refused (once more now) for a file that the provider has lost goes out anew with one that it has. */
export function isRenewable(calls: readonly Attempt[]): boolean {
  return calls.filter(wasInvalid).length < MAX_RENEWALS;
}

/** Tells whether the provider lost a file of a message that is to be sent: nothing else makes it go on after it was called invalid. */
export function lostFile(calls: readonly Attempt[]): Attempt | undefined {
  const last = calls.at(-1);
  return last && wasInvalid(last) ? last : undefined;
}

const wasInvalid = ({ outcome }: Attempt) => outcome === 'invalid';
