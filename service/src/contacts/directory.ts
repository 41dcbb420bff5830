/** Finds people by what workflows and operators know of them. */
import type { AccountRef } from '../../../contract/channel.ts';
import type { Accounts } from '../connectors/accounts.ts';
import { findChannel } from '../channels/registry.ts';
import { ParleyError } from '../core/errors.ts';
import * as contacts from '../store/contact.store.ts';
import type { Ledger } from '../store/ledger.ts';

export interface DirectoryDeps {
  ledger: Ledger;
  accounts: Accounts;
}

/** An account, or any of its channel. */
export type SomeAccount = Omit<AccountRef, 'externalId'> & { externalId?: string | undefined };

export class Directory {
  readonly #deps: DirectoryDeps;

  constructor(deps: DirectoryDeps) {
    this.#deps = deps;
  }

  /** Whose address it is. Throws `not_found`, `invalid_recipient`, `account_required`. */
  async contactIdOf({ externalId, ...ref }: SomeAccount, address: string): Promise<string> {
    const { ledger, accounts } = this.#deps;
    const channel = findChannel(ref.channel);
    const account =
      externalId === undefined
        ? accounts.list().find((one) => one.channel.id === channel.id)
        : await accounts.required({ ...ref, externalId });
    const identity = channel.recipient(address, account?.settings);
    const id = await contacts.ownerOf(ledger.reader, channel.id, identity);
    if (id === undefined) throw new ParleyError(404, 'not_found', `No contact of ${channel.name} has this address`);
    return id;
  }
}
