/** Says who gets a message and which account sends it, when the caller names a conversation or a contact instead of an address. */
import type { SendMessage } from '../../../contract/api.ts';
import type { AccountRef } from '../../../contract/channel.ts';
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveAccount } from '../connectors/live.ts';
import { capabilitiesOf, isPlace } from '../core/capabilities.ts';
import { ParleyError } from '../core/errors.ts';
import { addressOf } from '../contacts/address.ts';
import { identityIn } from '../core/identity.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import { ofContact } from '../store/conversation-list.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { SendQuestion } from './permission.ts';

interface Deps {
  ledger: Ledger;
  accounts: Accounts;
}

/** Says whom an account writes to. */
export type PersonAt = Pick<SendQuestion, 'account' | 'contact' | 'conversation' | 'to'>;

/** Describes the account that sends, and the address or the conversation that gets it. */
export interface Target {
  account: LiveAccount;
  to: string | { conversationId: string };
  /** Says which conversation with the address it is. */
  thread: string;
}

/**
 * Throws `account_required` (409), `not_found` (404), `invalid_request` (400) when nothing tells which account sends,
 * `unsupported_by_channel` (400) for a thread where there are none, and `invalid_recipient` (400) for none where it takes one.
 */
export async function targetOf(deps: Deps, asked: Pick<SendMessage, 'account' | 'to' | 'thread'>): Promise<Target> {
  const { account, to, thread = '' } = asked;
  if (typeof to === 'string') {
    if (account === undefined) throw new ParleyError(400, 'invalid_request', 'Name the account that sends');
    return toAddress(await deps.accounts.required(account), to, thread);
  }
  return 'contactId' in to ? toContact(deps, to.contactId, account) : toConversation(deps, to.conversationId, account);
}

function toAddress(account: LiveAccount, to: string, thread: string): Target {
  const { threads } = capabilitiesOf(account);
  if (thread !== '' && threads === undefined) {
    const message = `${account.channel.name} has one conversation with each contact: leave out the thread`;
    throw new ParleyError(400, 'unsupported_by_channel', message, { errors: [{ field: 'thread', message }] });
  }
  return inThread({ account, to, thread });
}

/** Refuses what names no thread, where nothing can be said without one. */
function inThread(target: Target): Target {
  const { account } = target;
  if (isPlace(account, target)) return target;
  const message = `${account.channel.name} writes in a thread only: name the thread beside the recipient, as events tell it`;
  throw new ParleyError(400, 'invalid_recipient', message, { errors: [{ field: 'thread', message }] });
}

async function toConversation(deps: Deps, conversationId: string, ref: AccountRef | undefined): Promise<Target> {
  const named = ref && (await deps.accounts.required(ref));
  const conversation = await conversations.find(deps.ledger.reader, conversationId);
  if (conversation === undefined) throw unknownConversation(conversationId, named !== undefined);
  const account = named ?? (await deps.accounts.known(conversation.accountId));
  if (account === undefined) {
    throw new ParleyError(400, 'invalid_request', `The account of conversation '${conversationId}' was deleted`);
  }
  if (account.id !== conversation.accountId) throw unknownConversation(conversationId, true);
  return inThread({ account, to: { conversationId: conversation.id }, thread: conversation.thread });
}

/** Finds the conversation with the account that is named, else the one in which the contact was last heard. */
async function toContact(deps: Deps, contactId: string, ref: AccountRef | undefined): Promise<Target> {
  const named = ref && (await deps.accounts.required(ref));
  const all = await ofContact(deps.ledger.reader, contactId);
  if (all.length === 0) throw new ParleyError(404, 'not_found', `There is no contact '${contactId}' to write to`);
  for (const { id, accountId, thread } of all) {
    const account = await deps.accounts.known(accountId);
    if (account === undefined || (named !== undefined && named.id !== account.id)) continue;
    if (!isPlace(account, { thread })) continue;
    return { account, to: { conversationId: id }, thread };
  }
  if (named) throw new ParleyError(404, 'not_found', `This account has no conversation with contact '${contactId}'`);
  throw new ParleyError(400, 'invalid_request', `Every account that contact '${contactId}' wrote to was deleted`);
}

/** Finds who is at the target, as far as anybody knows them. Throws `invalid_recipient` (400). */
export async function personAt({ ledger }: Pick<Deps, 'ledger'>, { account, to, thread }: Target): Promise<PersonAt> {
  const { reader } = ledger;
  const { channel } = account;
  if (typeof to === 'object') {
    const conversation = await conversations.find(reader, to.conversationId);
    const contact = conversation && (await contacts.find(reader, conversation.contactId, channel.id));
    return { account, contact, conversation, to: undefined };
  }
  const identity = identityIn(account, await addressOf(reader, account, to));
  const contactId = await contacts.ownerOf(reader, identity);
  const contact = contactId === undefined ? undefined : await contacts.find(reader, contactId, channel.id);
  const conversation = contact && (await conversations.between(reader, account.id, contact.id, thread));
  return { account, contact, conversation, to: identity };
}

export function unknownConversation(id: string, ofAccount: boolean): ParleyError {
  return new ParleyError(404, 'not_found', `${ofAccount ? 'This account has' : 'There is'} no conversation '${id}'`);
}
