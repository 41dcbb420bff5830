/** Finds messages by Parley's id or by the provider's. */
import { ParleyError } from '../core/errors.ts';
import type { Db } from '../store/unit-of-work.ts';
import * as messages from '../store/message.store.ts';

/** Answers the provider's id of a message. Throws `not_found` for one of Parley's ids that the account does not have or that was not sent. */
export async function providerIdOf(db: Db, accountId: string, id: string): Promise<string> {
  if (!id.startsWith('msg_')) return id;
  const row = await messages.find(db, id);
  if (row === undefined || row.accountId !== accountId) {
    throw new ParleyError(404, 'not_found', `This account has no message '${id}'`);
  }
  if (row.providerId === null) {
    throw new ParleyError(
      409,
      'invalid_request',
      `Message '${id}' has not reached the provider yet, so nothing can refer to it`,
    );
  }
  return row.providerId;
}
