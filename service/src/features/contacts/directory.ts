/** Finds people by what workflows and operators know of them. */
import type { AccountRef } from '../../../../contract/channel.ts';
import type { IdentityRef } from '../../../../contract/event.ts';
import type { Accounts } from '../../connectors/accounts.ts';
import type { LiveAccount } from '../../connectors/live.ts';
import type { Channel } from '../../channels/channel.ts';
import { findChannel } from '../../channels/registry.ts';
import { ParleyError } from '../../core/errors.ts';
import type { Clock } from '../../core/clock.ts';
import { identityIn, type Identity } from '../../core/identity.ts';
import type { Ids } from '../../core/ids.ts';
import * as contacts from '../../store/contact.store.ts';
import type { Ledger } from '../../store/ledger.ts';
import { resolveContact } from '../../contacts/resolve.ts';

/** Lists what the directory works with. */
export interface DirectoryDeps {
  ledger: Ledger;
  accounts: Pick<Accounts, 'list' | 'required'>;
  ids: Ids;
  clock: Clock;
}

/** Names an account, or any of its channel. */
export type SomeAccount = Omit<AccountRef, 'externalId'> & { externalId?: string | undefined };

type Reading = ReturnType<Channel['recipient']>;

/** Lists everybody whom a reading may name. */
function namedBy(reading: Reading): IdentityRef[] {
  if (!('ifKnown' in reading)) return [reading];
  return [reading.ifKnown, ...(reading.otherwise ? [reading.otherwise] : [])];
}

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
    const account = externalId === undefined ? undefined : await this.#deps.accounts.required({ ...ref, externalId });
    const readings = this.#readings(channel, account, address);
    const [id, ...others] = await this.#found(channel, account, readings);
    if (id === undefined) throw new ParleyError(404, 'not_found', `No contact of ${channel.name} has this address`);
    if (others.length > 0) {
      const unsure = readings.find((one) => 'ifKnown' in one);
      if (unsure !== undefined) throw new ParleyError(400, 'invalid_recipient', unsure.mend);
      const errors = [{ field: 'externalId', message: 'Must name the account that the address belongs to' }];
      const detail = `On ${channel.name}, ${others.length + 1} contacts have this address, each with another account: name the account (externalId)`;
      throw new ParleyError(400, 'invalid_request', detail, { errors });
    }
    return id;
  }

  /** Reads the address as the account does, or as any of the channel's does. */
  #readings(channel: Channel, account: LiveAccount | undefined, address: string) {
    const { accounts } = this.#deps;
    const some = account ? [account] : accounts.list().filter((one) => one.channel.id === channel.id);
    const settings = some.length === 0 ? [{}] : some.map((one) => one.settings);
    return settings.map((one) => channel.recipient(address, one));
  }

  /** Lists the contacts who have the address in one of its readings. */
  async #found(channel: Channel, account: LiveAccount | undefined, readings: readonly Reading[]): Promise<string[]> {
    const found = new Set<string>();
    for (const ref of readings.flatMap(namedBy)) {
      const realms = account
        ? [identityIn(account, ref).realm]
        : await contacts.realmsOf(this.#deps.ledger.reader, channel.id, ref);
      for (const realm of realms)
        for (const id of await this.#holding({ ...ref, channel: channel.id, realm })) found.add(id);
    }
    return [...found];
  }

  /** Finds the contact who holds it; two who hold spellings of it that were not known to be one are one from now on. */
  async #holding(identity: Identity): Promise<string[]> {
    const { ledger, ids, clock } = this.#deps;
    const holders = new Set((await contacts.holdersOf(ledger.reader, identity)).map(({ contactId }) => contactId));
    if (holders.size < 2) return [...holders];
    const asked = { identities: [identity], isWritten: true as const };
    return [await ledger.write((tx) => resolveContact(tx, ids, asked, clock.now()))];
  }
}
