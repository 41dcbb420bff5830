/** Finds people by what workflows and operators know of them. */
import type { AccountRef } from '../../../contract/channel.ts';
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveAccount } from '../connectors/live.ts';
import type { Channel } from '../channels/channel.ts';
import { findChannel } from '../channels/registry.ts';
import { ParleyError } from '../core/errors.ts';
import { identityIn } from '../core/identity.ts';
import * as contacts from '../store/contact.store.ts';
import type { Ledger } from '../store/ledger.ts';

/** What the directory works with. */
export interface DirectoryDeps {
  ledger: Ledger;
  accounts: Accounts;
}

/** Names an account, or any of its channel. */
export type SomeAccount = Omit<AccountRef, 'externalId'> & { externalId?: string | undefined };

/** Finds people by their addresses. */
export class Directory {
  readonly #deps: DirectoryDeps;

  constructor(deps: DirectoryDeps) {
    this.#deps = deps;
  }

  /**
   * Finds the contact whose address it is. Throws `not_found`, `invalid_recipient`, `account_required`, and `invalid_request` when only the account
   * would tell.
   */
  async contactIdOf({ externalId, ...ref }: SomeAccount, address: string): Promise<string> {
    const channel = findChannel(ref.channel);
    const [id, ...others] =
      externalId === undefined
        ? await this.#ofAny(channel, address)
        : await this.#of(await this.#deps.accounts.required({ ...ref, externalId }), address);
    if (id === undefined) throw new ParleyError(404, 'not_found', `No contact of ${channel.name} has this address`);
    if (others.length > 0) {
      const errors = [{ field: 'externalId', message: 'Must name the account that the address belongs to' }];
      const detail = `On ${channel.name}, ${others.length + 1} contacts have this address, each with another account: name the account (externalId)`;
      throw new ParleyError(400, 'invalid_request', detail, { errors });
    }
    return id;
  }

  async #of(account: LiveAccount, address: string): Promise<string[]> {
    const identity = identityIn(account, account.channel.recipient(address, account.settings));
    const id = await contacts.ownerOf(this.#deps.ledger.reader, identity);
    return id === undefined ? [] : [id];
  }

  #ofAny(channel: Channel, address: string): Promise<string[]> {
    const { accounts, ledger } = this.#deps;
    const some = accounts.list().find((one) => one.channel.id === channel.id);
    return contacts.ownersOf(ledger.reader, channel.id, channel.recipient(address, some?.settings));
  }
}
