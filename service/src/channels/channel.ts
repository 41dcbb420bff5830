/**
 * The channel contract: what a folder in `channels/` has to provide, and the manual for writing one.
 *
 * A channel is a set of functions over its account settings. It holds no state, starts no timers, and reaches the world only
 * through `io`. It never decides about retries, windows, order or duplicates: it *says* what it knows (capabilities, dedupe
 * keys, error kinds) and the pipelines act. `test/conformance/channel.ts` runs the same suite over every channel.
 */
import type { Readable } from 'node:stream';
import type { ZodType } from 'zod';
import type { CreateTemplate, EditTemplate, Page, ProvisioningStep, Template } from '../../../contract/api.ts';
import type { Capabilities, ConversationFacts } from '../../../contract/channel.ts';
import type { IdentityRef } from '../../../contract/event.ts';
import type { OutboundContent } from '../../../contract/message.ts';
import type { MediaKind } from '../../../contract/media.ts';
import type { Clock } from '../core/clock.ts';
import type { ProviderHttp } from '../core/http.ts';
import type { ChannelEvent, ParsedStatus } from './channel.events.ts';

export type * from './channel.events.ts';

/** A webhook as it came: raw bytes, lower-case header names. `url` is the public URL it was posted to. */
export interface RawRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  body: Buffer;
}

/** An answer that the provider expects on the spot. */
export interface RawResponse {
  status: number;
  contentType: string;
  body: string;
}

/** Everything a channel may reach. `log` takes facts, never settings, bodies or secrets. */
export interface ChannelIo {
  http: ProviderHttp;
  clock: Clock;
  log: {
    info(fields: Record<string, unknown>, message: string): void;
    warn(fields: Record<string, unknown>, message: string): void;
  };
}

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
  author: 'bot' | 'human';
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
  identities?: IdentityRef[];
  /** The provider holds it back for review. */
  held?: boolean;
}

export interface Channel<S = unknown> {
  /** Lower-case, stable: part of URLs and of the ledger. */
  readonly id: string;
  readonly name: string;
  /** Account settings; strict: an unknown member is an error. */
  readonly settings: ZodType<S>;
  /** Members of the settings that are secret: encrypted at rest, masked in answers, redacted in logs. */
  readonly secrets: readonly (keyof S & string)[];
  /**
   * What an account with these settings can send: in a conversation of which these facts are known, or anywhere (absent). Pure, and asked for every
   * message: answer constants.
   */
  capabilities(settings: S, facts?: ConversationFacts): Capabilities;
  /** The account's external id, as the provider writes it in webhooks, read from the settings. */
  externalId(settings: S): string;
  /** The addresses by which webhooks name this account; `ParsedBase.address` is one of them. */
  addresses(settings: S): string[];
  /**
   * Within what an address of this kind means one person: empty for those that mean the same everywhere (phone numbers), else the part of the
   * settings that the provider chose the ids for, such as the Page. Pure; stays the same when a secret is exchanged.
   */
  realm(kind: string, settings: S): string;
  /** Kinds of identities a message can be sent to, the best first; a conversation's message goes to the first that is known. */
  readonly sendTo: readonly string[];
  /**
   * Reads what a workflow wrote as a recipient. Throws `ParleyError(400, 'invalid_recipient')` that says what is expected.
   */
  recipient(to: string, settings: S): IdentityRef;
  /** Lower-case names of the headers that `verify` and `parse` read: a webhook is checked and stored with these and no others. */
  readonly webhookHeaders: readonly string[];
  /** Those of them that are a secret and no digest: `verify` gets them, they are not stored and `parse` never sees them. Default: none. */
  readonly secretHeaders?: readonly string[];
  /** What a provider expects in the answer to a webhook; absent: any text. Never anything that the contact would see. */
  readonly acknowledgement?: { contentType: string; body: string };
  /** Raw bytes only; throws `VerificationError`; no secret configured is a failure. Returns only for a well-formed webhook. */
  verify(request: RawRequest, settings: S): void;
  /** Pure and total: every entry of a verified request, in order; what it does not know becomes `unsupported`. Never throws. */
  parse(request: RawRequest, settings: S): ChannelEvent[];
  /**
   * Pure: checks a content against the channel's limits. Throws `ParleyError(400, 'invalid_content' | 'unsupported_by_channel')`,
   * naming the field and the limit. Called at admission, so that a workflow learns of it at once.
   */
  check(content: OutboundContent, settings: S): void;
  /** What a send of this channel may ask beyond the contract (`SendMessage.options`); strict; messages of its errors explain. Absent: nothing. */
  readonly sendOptions?: ZodType<Record<string, unknown>>;
  /** One call to the provider; throws `SendError`. Must not retry. */
  send(message: OutgoingMessage, settings: S, io: ChannelIo): Promise<SendReceipt>;

  readonly handshake?: Handshake<S>;
  readonly media?: MediaPower<S>;
  readonly templates?: TemplatePower<S>;
  readonly presence?: PresencePower<S>;
  readonly provisioning?: ProvisioningPower<S>;
  readonly limits?: LimitsPower<S>;
  readonly lookup?: LookupPower<S>;
  readonly actions?: Readonly<Record<string, ChannelAction<S>>>;
}

/** The provider proves the webhook URL by a GET. */
export interface Handshake<S> {
  /** Throws `VerificationError`. */
  answer(request: RawRequest, settings: S): RawResponse;
}

/** Files of contacts are fetched, files to send are uploaded once. Both throw `SendError`. */
export interface MediaPower<S> {
  /** Streams the bytes of a contact's file. Throws `ParleyError(410, 'media_gone')` when the provider no longer has it. */
  download(
    providerId: string,
    settings: S,
    io: ChannelIo,
  ): Promise<{ stream: Readable; mimeType: string; bytes?: number }>;
  /** Absent: files to send are given as links. */
  upload?(file: MediaFile, settings: S, io: ChannelIo): Promise<{ providerId: string; expiresAt?: number }>;
  /** A sample file for a template's header; answers the provider's handle. */
  uploadExample?(file: MediaFile, settings: S, io: ChannelIo): Promise<{ handle: string }>;
  /** Which kind of content a MIME type is sent as; undefined: not accepted. */
  kindOf(mimeType: string): MediaKind | undefined;
}

export interface MediaFile {
  /** Opens the bytes anew each time it is called. */
  stream: () => Readable;
  filename: string;
  mimeType: string;
  bytes: number;
}

/** Message templates at the provider. All throw `SendError`. */
export interface TemplatePower<S> {
  list(query: TemplateQuery, settings: S, io: ChannelIo): Promise<Page<Template>>;
  get(id: string, settings: S, io: ChannelIo): Promise<Template>;
  create(
    template: CreateTemplate,
    settings: S,
    io: ChannelIo,
  ): Promise<{ id: string; status: string; category: string }>;
  edit(id: string, change: EditTemplate, settings: S, io: ChannelIo): Promise<void>;
  /** All languages of `name`, or only the one with `id`. */
  remove(template: { name: string; id?: string }, settings: S, io: ChannelIo): Promise<void>;
}

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
}

export interface PresencePower<S> {
  /** Marks a contact's message as read; `typing`: shows that an answer is being typed, or no longer. Throws `SendError`. */
  markRead(message: SeenMessage, typing: boolean | undefined, settings: S, io: ChannelIo): Promise<void>;
}

export interface ProvisioningPower<S> {
  /** Points the provider's webhooks at `webhookUrl`. Never throws for what the provider refuses: each step says what is missing. */
  provision(webhookUrl: string, settings: S, io: ChannelIo): Promise<ProvisioningStep[]>;
}

/** The provider tells what it allows this very account. */
export interface LimitsPower<S> {
  /** Sends per second; undefined: it does not tell. Throws `SendError`. */
  perSecond(settings: S, io: ChannelIo): Promise<number | undefined>;
}

/** The provider can be asked what became of a message whose answer never came. */
export interface LookupPower<S> {
  /**
   * What became of it; `absent`: the provider certainly does not have it and will not, so that it may be sent again; undefined: it
   * cannot tell yet. Throws `SendError`. Asked again and again, so it must change nothing.
   */
  find(message: SoughtMessage, settings: S, io: ChannelIo): Promise<FoundMessage | 'absent' | undefined>;
}

export interface SoughtMessage extends OutgoingMessage {
  /** When the call was made, milliseconds since the epoch. */
  attemptedAt: number;
  /** Whether the ledger has another message of the account by this id: then it is not the one that is sought. */
  isAnother(providerMessageId: string): Promise<boolean>;
}

export interface FoundMessage {
  receipt: SendReceipt;
  status: ParsedStatus['status'];
  /** Of a `failed` one. */
  error?: ParsedStatus['error'];
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
  run(input: Readonly<Record<string, unknown>>, settings: S, io: ChannelIo): Promise<Record<string, unknown>>;
}

type Power = 'handshake' | 'media' | 'templates' | 'presence' | 'provisioning' | 'limits' | 'lookup' | 'actions';

/** Type guard for an optional power. */
export function has<S, P extends Power>(
  channel: Channel<S>,
  power: P,
): channel is Channel<S> & Required<Pick<Channel<S>, P>> {
  return channel[power] !== undefined;
}
