/** Questions about messages, and the read mark: everything of the outbound side that is no send. */
import type { MarkRead, MessageView, Page, Permission } from '../../../contract/api.ts';
import type { AccountRef } from '../../../contract/channel.ts';
import type { OutboundKind } from '../../../contract/message.ts';
import type { Accounts, LiveAccount } from '../accounts/accounts.ts';
import { has, type ChannelIo, type SeenMessage } from '../channels/channel.ts';
import { bestIdentity } from '../contacts/resolve.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import { refusals } from '../core/send-permission.ts';
import { NO_WINDOW, sessionState } from '../core/session-window.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Ledger } from '../store/ledger.ts';
import * as store from '../store/message.store.ts';
import { viewMessage } from './message-view.ts';
import { providerIdOf } from './references.ts';

export interface MessagesDeps {
  ledger: Ledger;
  accounts: Accounts;
  io: ChannelIo;
  clock: Clock;
}

export class Messages {
  readonly #deps: MessagesDeps;

  constructor(deps: MessagesDeps) {
    this.#deps = deps;
  }

  async get(id: string): Promise<MessageView> {
    const { reader } = this.#deps.ledger;
    const row = await store.find(reader, id);
    if (row === undefined) throw new ParleyError(404, 'not_found', `There is no message '${id}'`);
    return viewMessage(row, row.direction === 'outbound' ? await store.attempts(reader, id) : undefined);
  }

  /** The transcript, newest first. */
  async ofConversation(id: string, limit: number, after: string | undefined): Promise<Page<MessageView>> {
    const { reader } = this.#deps.ledger;
    const conversation = await conversations.find(reader, id);
    if (conversation === undefined) {
      throw new ParleyError(404, 'not_found', `There is no conversation '${id}'`);
    }
    const rows = await store.page(reader, conversation.id, limit, after);
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { data: rows.map((row) => viewMessage(row)), ...(last && { next: last.id }) };
  }

  async markRead(mark: MarkRead): Promise<void> {
    const account = await this.#deps.accounts.required(mark.account);
    const { channel, settings } = account;
    if (!has(channel, 'presence'))
      throw new ParleyError(400, 'unsupported_by_channel', `${channel.name} has no read marks`);
    const seen = await this.#seen(account, mark.messageId);
    await channel.presence.markRead(seen, mark.typing, settings, this.#deps.io);
  }

  async #seen({ id: accountId, channel }: LiveAccount, messageId: string): Promise<SeenMessage> {
    const { reader } = this.#deps.ledger;
    const providerMessageId = await providerIdOf(reader, accountId, messageId);
    const row = await store.findByProviderId(reader, accountId, providerMessageId);
    const conversation = row && (await conversations.find(reader, row.conversation_id));
    const contact = conversation && (await contacts.find(reader, conversation.contactId, channel.id));
    const from = contact && bestIdentity(channel.sendTo, contact);
    return { providerMessageId, ...(from && { from }) };
  }

  /** "May I send this now?", with every reason. Asking creates nothing. */
  async permission(ref: AccountRef, to: string, kind: OutboundKind): Promise<Permission> {
    const { ledger, accounts, clock } = this.#deps;
    const account = await accounts.required(ref);
    const { capabilities, id: channel } = account.channel;
    const identity = account.channel.recipient(to, account.settings);
    const contactId = await contacts.ownerOf(ledger.reader, channel, identity);
    const contact = contactId === undefined ? undefined : await contacts.find(ledger.reader, contactId, channel);
    const conversation = contact && (await conversations.between(ledger.reader, account.id, contact.id));
    const window = conversation?.window ?? NO_WINDOW;
    const reasons = refusals({
      capabilities,
      kind,
      purpose: 'reply',
      window,
      marketingStopped: contact?.marketingStoppedAt != null,
      owner: conversation?.owner ?? 'bot',
      now: clock.now(),
    });
    return {
      allowed: reasons.length === 0,
      reasons,
      session: sessionState(window, capabilities.window, clock.now()),
      ...(conversation && { conversationId: conversation.id }),
      ...(contact && {
        contact: {
          id: contact.id,
          ...(contact.name !== null && { name: contact.name }),
          identities: contact.identities,
        },
      }),
    };
  }
}
