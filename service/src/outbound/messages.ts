/** Answers questions about messages, and marks them as read: everything of the outbound side that is no send. */
import type { MarkRead, MessageView, Page, Permission, SendMessage } from '../../../contract/api.ts';
import type { OutboundKind } from '../../../contract/message.ts';
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveAccount } from '../connectors/live.ts';
import { has, type SeenMessage } from '../channels/channel.ts';
import type { ConnectorIo } from '../connectors/connector.ts';
import { bestIdentity } from '../contacts/resolve.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import { addressesIn } from '../core/identity.ts';
import { NO_WINDOW, sessionState } from '../core/session-window.ts';
import * as attempts from '../store/attempt.store.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import type { Ledger } from '../store/ledger.ts';
import * as store from '../store/message.store.ts';
import type { TemplateName } from '../store/template-category.store.ts';
import { viewMessage } from './message-view.ts';
import type { Permissions } from './permission.ts';
import { personAt, targetOf } from './recipient.ts';
import { providerIdOf } from './references.ts';

/** Asks whether `author` may send a message of this kind there now. */
export interface PermissionQuestion extends Pick<SendMessage, 'account' | 'to' | 'thread'> {
  kind: OutboundKind;
  author: 'bot' | 'human';
  purpose: 'reply' | 'campaign';
  template?: TemplateName | undefined;
}

export interface MessagesDeps {
  ledger: Ledger;
  accounts: Accounts;
  permissions: Permissions;
  io: ConnectorIo;
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
    return viewMessage(row, row.direction === 'outbound' ? await attempts.ofMessage(reader, id) : undefined);
  }

  /** Lists the transcript, newest first. */
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

  async #seen(account: LiveAccount, messageId: string): Promise<SeenMessage> {
    const { reader } = this.#deps.ledger;
    const { id: accountId, channel } = account;
    const providerMessageId = await providerIdOf(reader, accountId, messageId);
    const row = await store.findByProviderId(reader, accountId, providerMessageId);
    const conversation = row && (await conversations.find(reader, row.conversationId));
    const contact = conversation && (await contacts.find(reader, conversation.contactId, channel.id));
    const from = contact && bestIdentity(account, contact);
    const thread = conversation?.thread;
    return { providerMessageId, ...(from && { from }), ...(thread && { thread }) };
  }

  /** Answers "May I send this now?", with every reason. Asking creates nothing. */
  async permission({ kind, author, purpose, template, ...target }: PermissionQuestion): Promise<Permission> {
    const now = this.#deps.clock.now();
    const asked = await personAt(this.#deps, await targetOf(this.#deps, target));
    const { account, contact, conversation } = asked;
    const capabilities = capabilitiesOf(account, conversation?.facts);
    const window = conversation?.window ?? NO_WINDOW;
    const question = { ...asked, kind, purpose, author, template };
    const { permissions, ledger } = this.#deps;
    const reasons = await permissions.learning((learned) => permissions.refusals(ledger.reader, question, learned));
    return {
      allowed: reasons.length === 0,
      reasons,
      session: sessionState(window, capabilities.window, now),
      ...(conversation && { conversationId: conversation.id }),
      ...(contact && {
        contact: {
          id: contact.id,
          ...(contact.name !== null && { name: contact.name }),
          identities: addressesIn(account, contact.identities),
        },
      }),
    };
  }
}
