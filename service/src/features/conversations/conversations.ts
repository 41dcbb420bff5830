/** Shows conversations to people and workflows, and changes who answers in them. */
import type { ConversationView, Page } from '../../../../contract/api.ts';
import type { Accounts } from '../../connectors/accounts.ts';
import type { LiveAccount } from '../../connectors/live.ts';
import { findChannel } from '../../channels/registry.ts';
import { capabilitiesOf, isPlace } from '../../core/capabilities.ts';
import { iso, type Clock } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import { addressesIn } from '../../core/identity.ts';
import type { Ids } from '../../core/ids.ts';
import { sessionState } from '../../core/session-window.ts';
import { changeOwner } from '../../events/owner-change.ts';
import type { Publisher } from '../../events/publish.ts';
import * as contacts from '../../store/contact.store.ts';
import type { Contact } from '../../store/contact.store.ts';
import * as store from '../../store/conversation.store.ts';
import type { Conversation } from '../../store/conversation.store.ts';
import { ofContact, page, type ConversationPosition } from '../../store/conversation-list.store.ts';
import type { Ledger } from '../../store/ledger.ts';

export interface ConversationsDeps {
  ledger: Ledger;
  accounts: Accounts;
  publisher: Publisher;
  clock: Clock;
  ids: Ids;
}

type Owner = Conversation['owner'];

/** Chooses conversations; every member narrows. */
export interface ConversationFilter {
  channel?: string | undefined;
  externalId?: string | undefined;
  settingsDigest?: string | undefined;
  contactId?: string | undefined;
  owner?: Owner | undefined;
  /** Chooses those whose session is open, or is not. */
  open?: boolean | undefined;
  /** Chooses those in which the contact was heard then (ISO 8601) or later. */
  heardSince?: string | undefined;
}

export class Conversations {
  readonly #deps: ConversationsDeps;

  constructor(deps: ConversationsDeps) {
    this.#deps = deps;
  }

  /** Finds a conversation, also by the id of one that went into another. Throws `not_found`. */
  async get(id: string): Promise<ConversationView> {
    const { reader } = this.#deps.ledger;
    const { conversation, account } = await this.#known(id);
    const contact = await contacts.find(reader, conversation.contactId, account.channel.id);
    if (contact === undefined) throw unknown(id);
    return this.#view(conversation, account, contact);
  }

  /** Lists conversations of the accounts that there are, the one last heard from first. */
  async list(filter: ConversationFilter, limit: number, after: string | undefined): Promise<Page<ConversationView>> {
    const { ledger, clock } = this.#deps;
    const { contactId, owner, open, heardSince } = filter;
    const place = after === undefined ? undefined : placeOf(after);
    const accounts = await this.#accounts(filter);
    const windowless = accounts.filter((account) => capabilitiesOf(account).window === undefined);
    const inThreads = accounts.filter((account) => !isPlace(account, { thread: '' }));
    const wanted = {
      ids: contactId === undefined ? undefined : (await ofContact(ledger.reader, contactId)).map(({ id }) => id),
      accountIds: idsOf(accounts),
      owner,
      inThreads: idsOf(inThreads),
      heardSince: heardSince === undefined ? undefined : Date.parse(heardSince),
      session: open === undefined ? undefined : { isOpen: open, now: clock.now(), windowless: idsOf(windowless) },
      after: place,
    };
    const found = await page(ledger.reader, wanted, limit);
    const last = found.length === limit ? found.at(-1) : undefined;
    return { data: await this.#views(found, accounts), ...(last && { next: cursorOf(last) }) };
  }

  /**
   * Says who answers the contact from now on, and tells it as an event; nothing when it is so already. `isSeen`: whether the caller knows this version
   * of the conversation. Throws `not_found`, and `precondition_failed` (412) for a version that the caller does not know.
   */
  async setOwner(id: string, owner: Owner, isSeen: (version: number) => boolean): Promise<ConversationView> {
    const { account, conversation: before } = await this.#known(id);
    return this.#deps.ledger.write(async (tx) => {
      await store.lock(tx, before.id);
      const conversation = await store.find(tx.db, before.id);
      const contact = conversation && (await contacts.find(tx.db, conversation.contactId, account.channel.id));
      if (conversation === undefined || contact === undefined) throw unknown(id);
      if (!isSeen(conversation.version)) throw changedMeanwhile(conversation);
      const changed = await changeOwner(tx, this.#deps, { account, contact, conversation }, owner, 'api');
      return this.#view(changed, account, contact);
    });
  }

  /** Finds a conversation with its account. Throws `not_found`. */
  async #known(id: string): Promise<{ conversation: Conversation; account: LiveAccount }> {
    const conversation = await store.find(this.#deps.ledger.reader, id);
    const account = conversation && (await this.#deps.accounts.known(conversation.accountId));
    if (conversation === undefined || account === undefined) throw unknown(id);
    return { conversation, account };
  }

  async #accounts({ channel, externalId, settingsDigest }: ConversationFilter): Promise<LiveAccount[]> {
    const { accounts } = this.#deps;
    if (channel !== undefined && externalId !== undefined) {
      const digest = settingsDigest === undefined ? {} : { settingsDigest };
      return [await accounts.required({ channel, externalId, ...digest })];
    }
    const all = (await accounts.refreshed()).list();
    if (channel === undefined) return all;
    const { id } = findChannel(channel);
    return all.filter((one) => one.channel.id === id);
  }

  async #views(found: readonly Conversation[], accounts: readonly LiveAccount[]): Promise<ConversationView[]> {
    const accountOf = new Map(accounts.map((account) => [account.id, account]));
    const people = await contacts.findAll(
      this.#deps.ledger.reader,
      found.map(({ contactId }) => contactId),
    );
    return found.flatMap((conversation) => {
      const account = accountOf.get(conversation.accountId);
      const contact = account && people(conversation.contactId, account.channel.id);
      return contact ? [this.#view(conversation, account, contact)] : [];
    });
  }

  #view(conversation: Conversation, account: LiveAccount, contact: Contact): ConversationView {
    const { id, thread, owner, version, window, facts, attributes, createdAt } = conversation;
    const { channel, externalId, name } = account;
    return {
      id,
      channel: channel.id,
      account: { id: account.id, externalId, ...(name !== null && { name }) },
      ...(thread !== '' && { thread }),
      owner,
      version,
      ...(Object.keys(attributes).length > 0 && { attributes }),
      contact: {
        id: contact.id,
        ...(contact.name !== null && { name: contact.name }),
        ...(contact.username !== null && { username: contact.username }),
        identities: addressesIn(account, contact.identities),
      },
      session: sessionState(window, capabilitiesOf(account, facts).window, this.#deps.clock.now()),
      ...(window.heardAt !== null && { heardAt: iso(window.heardAt) }),
      createdAt: iso(createdAt),
    };
  }
}

const idsOf = (accounts: readonly LiveAccount[]): string[] => accounts.map(({ id }) => id);

const CURSOR = /^(\d{1,15})?\.(cnv_[0-9a-z]{1,40})$/;

function cursorOf({ id, window }: Conversation): string {
  return `${window.heardAt ?? ''}.${id}`;
}

function placeOf(cursor: string): ConversationPosition {
  const [, heardAt, id] = CURSOR.exec(cursor) ?? [];
  if (id !== undefined) return { heardAt: heardAt === undefined ? null : Number(heardAt), id };
  const errors = [{ field: 'after', message: "Must be the 'next' of an answer" }];
  throw new ParleyError(400, 'invalid_request', 'Not valid: after.', { errors });
}

/** Tells the caller who answers now, and since when. */
function changedMeanwhile({ owner, ownerAt, version }: Conversation): ParleyError {
  const who = owner === 'human' ? 'A person' : 'The bot';
  const since = ownerAt === null ? {} : { since: iso(ownerAt) };
  const when = since.since === undefined ? '' : ` since ${since.since}`;
  const detail = `The conversation changed since you read it. ${who} answers in it${when}. Read it again, then decide.`;
  return new ParleyError(412, 'precondition_failed', detail, { owner, ...since, version });
}

function unknown(id: string): ParleyError {
  return new ParleyError(404, 'not_found', `There is no conversation '${id}'`);
}
