/**
 * The channel contract: what a folder in `channels/` has to provide, and the manual for writing one.
 *
 * A channel is a connector (`connectors/connector.ts`: settings, webhooks, files, provisioning) that reaches customers. It *says* what
 * it knows (capabilities, dedupe keys, error kinds) and the pipelines act. `test/conformance/channel.ts` runs the same suite over every
 * channel.
 */
import type { ZodType } from 'zod';
import type { CreateTemplate, EditTemplate, Page, Template } from '../../../contract/api.ts';
import type { Capabilities, ConversationFacts } from '../../../contract/channel.ts';
import type { IdentityRef } from '../../../contract/event.ts';
import type { Author, MessageContext, OutboundContent } from '../../../contract/message.ts';
import type { Connector, ConnectorIo } from '../connectors/connector.ts';
import type { ChannelEvent, ParsedContent, ParsedStatus, PartialFact } from './channel.events.ts';

/** `Channel.parse` answers these facts. */
export type * from './channel.events.ts';

/** A message ready to go. Ids of other messages are the provider's; media are provider ids or links. */
export interface OutgoingMessage {
  /** Our message id: hand it to the provider as correlation data wherever its API has a field for it. */
  id: string;
  to: IdentityRef;
  /** As `ParsedBase.thread` said it, or the caller; empty: the channel has none. */
  thread: string;
  /** The provider's id of the contact's message that was heard last, for providers that want to know what a message answers. */
  inReplyTo?: string;
  content: OutboundContent;
  replyToProviderId?: string;
  author: Author;
  /** Whether the session window is open at this moment; closed: the content is one that may be sent outside, or a person wrote it. */
  session: 'open' | 'closed';
  /** As the channel's `sendOptions` read them. */
  options: Readonly<Record<string, unknown>>;
  /** The account's webhook URL, for providers that are told with each message where its statuses go. */
  webhookUrl: string;
}

/** The provider took it. `identities`: how the provider names the recipient, when it tells. */
export interface SendReceipt {
  providerMessageId: string;
  /** Every id by which statuses and echoes may name it, where there are several (one for each part). */
  providerMessageIds?: readonly string[];
  identities?: IdentityRef[];
  /** The provider holds it back for review. */
  held?: boolean;
  /** When it was sent, by the provider's clock, milliseconds since the epoch; of those whose statuses name a time and no message. */
  sentAt?: number;
}

/** A connector that reaches customers: its functions and its data, over the settings `S` of an account. */
export interface Channel<S = unknown> extends Connector<S, ChannelEvent> {
  /**
   * What an account with these settings can send: in a conversation of which these facts are known, or anywhere (absent). Facts may change the kinds
   * and the window; all else is the account's. Pure, and asked for every message: answer constants.
   */
  capabilities(settings: S, facts?: ConversationFacts): Capabilities;
  /**
   * Within what an address of this kind means one person: empty for those that mean the same everywhere (phone numbers), else the part of the
   * settings that the provider chose the ids for, such as the Page. Pure; stays the same when a secret is exchanged.
   */
  realm(kind: string, settings: S): string;
  /** Kinds of identities a message can be sent to, the best first; a conversation's message goes to the first that is known. */
  readonly sendTo: readonly string[];
  /**
   * Reads what a workflow wrote as a recipient. Throws `ParleyError(400, 'invalid_recipient')` that says what is expected. Pure.
   */
  recipient(to: string, settings: S): IdentityRef | UnsureAddress;
  /**
   * Pure: checks a content against the channel's limits. Throws `ParleyError(400, 'invalid_content' | 'unsupported_by_channel')`,
   * naming the field and the limit. Called at admission, so that a workflow learns of it at once.
   */
  check(content: OutboundContent, settings: S): void;
  /** Names the template in a `native` body, where it sends one. Absent: no such body does. Pure. */
  templateIn?(body: Readonly<Record<string, unknown>>): { name: string; language: string } | undefined;
  /** What a send of this channel may ask beyond the contract (`SendMessage.options`); strict; messages of its errors explain. Absent: nothing. */
  readonly sendOptions?: ZodType<Record<string, unknown>>;
  /** One call to the provider; throws `SendError`. Must not retry. */
  send(message: OutgoingMessage, settings: S, io: ConnectorIo): Promise<SendReceipt>;

  readonly templates?: TemplatePower<S>;
  readonly presence?: PresencePower<S>;
  readonly lookup?: LookupPower<S>;
  readonly completion?: CompletionPower<S>;
  readonly actions?: Readonly<Record<string, ChannelAction<S>>>;
}

/** An address that may name somebody else than it seems to: a phone number without its country's code, say. */
export interface UnsureAddress {
  /** Whom it names where a contact of the account has this address. */
  ifKnown: IdentityRef;
  /** Whom it names where none has; absent: nobody. Where a contact has the one and this is another, it names neither. */
  otherwise?: IdentityRef;
  /** What is wrong with it where it names nobody, and how to write it instead: a sentence for people. */
  mend: string;
}

/** Message templates at the provider. All throw `SendError`. */
export interface TemplatePower<S> {
  list(query: TemplateQuery, settings: S, io: ConnectorIo): Promise<Page<Template>>;
  get(id: string, settings: S, io: ConnectorIo): Promise<Template>;
  create(
    template: CreateTemplate,
    settings: S,
    io: ConnectorIo,
  ): Promise<{ id: string; status: string; category: string }>;
  edit(id: string, change: EditTemplate, settings: S, io: ConnectorIo): Promise<void>;
  /** All languages of `name`, or only the one with `id`. */
  remove(template: { name: string; id?: string }, settings: S, io: ConnectorIo): Promise<void>;
}

/** Narrows a list of templates; absent members do not. */
export interface TemplateQuery {
  status?: string;
  name?: string;
  language?: string;
  category?: string;
  limit?: number;
  after?: string;
}

/** A contact's message, and who sent it; absent: the ledger does not know the message. */
export interface SeenMessage {
  providerMessageId: string;
  from?: IdentityRef;
  /** The thread it was said in; absent: the channel has none. */
  thread?: string;
}

/** The channel can show contacts that their messages are read and answered. */
export interface PresencePower<S> {
  /** Marks a contact's message as read; `typing`: shows that an answer is being typed, or no longer. Throws `SendError`. */
  markRead(message: SeenMessage, typing: boolean | undefined, settings: S, io: ConnectorIo): Promise<void>;
}

/** The provider can be asked what became of a message whose answer never came. */
export interface LookupPower<S> {
  /**
   * What became of it; `absent`: the provider certainly does not have it and will not, so that it may be sent again; undefined: it
   * cannot tell yet. Throws `SendError`. Asked again and again, so it must change nothing.
   */
  find(message: SoughtMessage, settings: S, io: ConnectorIo): Promise<FoundMessage | 'absent' | undefined>;
}

/** A message that was sent and whose answer never came. */
export interface SoughtMessage extends OutgoingMessage {
  /** When the call was made, milliseconds since the epoch. */
  attemptedAt: number;
  /** Whether the ledger has another message of the account by this id: then it is not the one that is sought. */
  isAnother(providerMessageId: string): Promise<boolean>;
}

/** What the provider knows of a message that was sought. */
export interface FoundMessage {
  receipt: SendReceipt;
  status: ParsedStatus['status'];
  /** Of a `failed` one. */
  error?: ParsedStatus['error'];
}

/** The rest of what a webhook tells by reference only can be fetched. */
export interface CompletionPower<S> {
  /**
   * Fetches the rest of a fact that `parse` marked with `rest`, and answers what was said as a whole. Called after the webhook was answered, outside
   * of any transaction; what is said later in the conversation waits for it. It changes nothing at the provider: it is called again after a crash. Throws `SendError`:
   * what `core/retry.ts` would try again is asked again for an hour, anything else ends it, and `content` as `parse` gave it is told. Throws `ParleyError` for what is gone.
   */
  complete(fact: PartialFact, settings: S, io: ConnectorIo): Promise<Completed>;
}

/** What was said, as a whole: all else of the fact stays as the webhook told it. */
export interface Completed {
  content: ParsedContent;
  /** Of a received message, where only the rest tells what it answers; absent: as the webhook told it. */
  context?: MessageContext;
}

/**
 * Something that only this provider has (its greeting menu, its links), called by name: `POST /v1/actions/{name}`. Names are
 * `noun.verb`; what several channels have has the same name, input and answer on each.
 */
export interface ChannelAction<S> {
  /** Strict. */
  readonly input: ZodType<Record<string, unknown>>;
  /** Changes something at the provider. */
  readonly changes: boolean;
  /** Throws `SendError`. The answer goes to the workflow as it is. */
  run(input: Readonly<Record<string, unknown>>, settings: S, io: ConnectorIo): Promise<Record<string, unknown>>;
}

type Power =
  'handshake' | 'media' | 'templates' | 'presence' | 'provisioning' | 'limits' | 'lookup' | 'completion' | 'actions';

/** Tells whether the channel has an optional power; a type guard. */
export function has<S, P extends Power>(
  channel: Channel<S>,
  power: P,
): channel is Channel<S> & Required<Pick<Channel<S>, P>> {
  return channel[power] !== undefined;
}
