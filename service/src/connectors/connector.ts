/**
 * The connector contract says what everything has that talks to a provider, whatever it is for. A channel (`channels/channel.ts`) is a connector
 * that reaches customers.
 *
 * A connector is a set of functions over the settings of an account. It holds no state, starts no timers, and reaches the world only through `io`.
 * It never decides about retries, order or duplicates: it *says* what it knows, and the pipelines act.
 */
import type { Readable } from 'node:stream';
import type { ZodType } from 'zod';
import type { ProvisioningStep } from '../../../contract/api.ts';
import type { MediaKind } from '../../../contract/media.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import type { ProviderHttp } from '../core/http.ts';
import type { Log } from '../core/log.ts';

/** Describes a webhook as it came: raw bytes, lower-case header names. `url` is the public URL it was posted to. */
export interface RawRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Describes an answer that the provider expects on the spot. */
export interface RawResponse {
  status: number;
  contentType: string;
  body: string;
}

/** Holds everything a connector may reach. `log` takes facts, never settings, bodies or secrets. */
export interface ConnectorIo {
  http: ProviderHttp;
  clock: WatchedClock;
  log: Log;
}

/**
 * Names the provider's application behind an account. Accounts with the same key and a secret in common hang below the same connection: one webhook
 * URL serves them all, and during a rotation those that were changed already stay with those that were not.
 */
export interface ConnectionOf {
  /** Tells applications apart for which the same secret would prove nothing in common; empty: the secret tells them apart. */
  key: string;
  /** Proves a webhook, each of them alone. None: nothing can, and the account has a connection of its own. */
  secrets: readonly string[];
  /**
   * Shows that accounts are of one application though they may have no secret in common yet, as the provider makes that of the webhook: what calls are
   * made with. Accounts with the same key and one of these in common hang below the same connection, too.
   */
  credentials?: readonly string[];
  /**
   * Names the application as the provider does. By it accounts that have no secret in common, as while secrets are changed one after the other, are
   * known to share what is set up there. Absent: nothing is shared.
   */
  application?: string | undefined;
}

/** Finds the settings of the account that has the first of these addresses that anybody has; undefined: nobody here has any. */
export type SettingsOf<S> = (addresses: readonly string[]) => S | undefined;

/** Says what a provider made for a connection (a webhook's secret, a refreshed token), by the connector's own names. Kept encrypted. */
export type Learned = Readonly<Record<string, string>>;

/**
 * Talks to one provider. `S` are the settings of an account: what it takes to know the account and its webhooks. `Fact` is what a webhook tells.
 */
export interface Connector<S = unknown, Fact = unknown> {
  /** Names the connector in URLs and in the ledger: lower-case, and never changed. */
  readonly id: string;
  readonly name: string;
  /** Reads account settings; strict: an unknown member is an error. */
  readonly settings: ZodType<S>;
  /** Lists the members of the settings that are secret: encrypted at rest, masked in answers, redacted in logs. */
  readonly secrets: readonly (keyof S & string)[];
  /** Reads the account's external id from the settings, as the provider writes it in webhooks. */
  externalId(settings: S): string;
  /** Lists the addresses by which webhooks name this account. */
  addresses(settings: S): string[];
  connection(settings: S): ConnectionOf;
  /** Completes the settings by what the provider made for the connection; absent: it makes nothing. */
  learn?(settings: S, learned: Learned): S;
  /** Lists in lower case the headers that `verify` and `parse` read; no others reach them. */
  readonly webhookHeaders: readonly string[];
  /** Lists those of them that `parse` reads: only these are stored with a webhook, so none of them may be a secret. Default: none. */
  readonly parsedHeaders?: readonly string[];
  /** Computes what a provider expects in the answer to a webhook; absent: any text. Never anything that the contact would see. */
  answer?(request: RawRequest, settings: S): RawResponse;
  /**
   * Verifies a webhook by its raw bytes, once, when it arrives at `at` (milliseconds since the epoch). Throws `VerificationError`; no secret
   * configured is a failure. Returns only for a well-formed webhook.
   */
  verify(request: RawRequest, at: number, settings: S): void;
  /**
   * Reads every entry of a verified request, in order; what it does not know becomes `unsupported`. Pure and total: it never throws. One account of
   * the connection reads for all: where settings decide how an entry is read, they are those of the account that it is for, which `settingsOf` finds;
   * `settings` are the reader's, for what is for nobody here. What is for several accounts is read by the settings of the first.
   */
  parse(request: RawRequest, settings: S, settingsOf?: SettingsOf<S>): Fact[];
  /**
   * How long after a webhook the provider may still repeat it, in milliseconds; at least half a minute. Only where facts have neither an id nor a time
   * (`undated`): the same bytes that come later than twice this tell that the same happened again. Absent: the same bytes are always the same webhook.
   */
  readonly repeatsWithinMs?: number;
  readonly handshake?: Handshake<S>;
  readonly media?: MediaPower<S>;
  /** Absent: the webhook's URL is entered at the provider by hand, and whoever saves an account is told so. */
  readonly provisioning?: ProvisioningPower<S>;
  readonly limits?: LimitsPower<S>;
}

/** The provider proves the webhook URL by a GET. */
export interface Handshake<S> {
  /** Answers the GET. Throws `VerificationError`. */
  answer(request: RawRequest, settings: S): RawResponse;
}

/** Tells a connector how to find a file of a contact at the provider. */
export interface MediaRef {
  /** Holds the provider's id of the file, or its link. The same file of an account always has the same. */
  providerId: string;
  /**
   * Says what else it takes and nobody is to see: the key of an encrypted file, a signed part of a link. Any JSON object. Kept encrypted, and
   * handed to `download` only; `parse` keeps it out of everything else that it makes, `raw` included.
   */
  secret?: Readonly<Record<string, unknown>>;
}

/** Fetches files of contacts, and uploads files to send once. All throw `SendError`. */
export interface MediaPower<S> {
  /** Streams the bytes of a contact's file. Throws `ParleyError(410, 'media_gone')` when the provider no longer has it. */
  download(
    ref: MediaRef,
    settings: S,
    io: ConnectorIo,
  ): Promise<{ stream: Readable; mimeType: string; bytes?: number }>;
  /**
   * Uploads a file to send, and answers the provider's id for it; `expiresAt` is in milliseconds since the epoch. Absent: files to send are given as
   * links.
   */
  upload?(file: MediaFile, settings: S, io: ConnectorIo): Promise<{ providerId: string; expiresAt?: number }>;
  /** Uploads a sample file for a template's header, and answers the provider's handle. */
  uploadExample?(file: MediaFile, settings: S, io: ConnectorIo): Promise<{ handle: string }>;
  /** Tells as which kind of content a MIME type is sent; undefined: not accepted. */
  kindOf(mimeType: string): MediaKind | undefined;
}

/** Describes a file on its way to the provider. */
export interface MediaFile {
  /** Opens the bytes anew each time it is called. */
  stream: () => Readable;
  filename: string;
  mimeType: string;
  bytes: number;
}

/** Tells of an account that goes. */
export interface Removal<S> {
  /** Holds the URLs that lead to its connection, the one that providers are told first, and to those of `others`: those of former releases are ours, too. */
  webhookUrls: readonly string[];
  /**
   * Holds the accounts left below its connection, and those of the same application below connections that parted from it, as their settings: what they
   * need as well stays. None: the connection's own set-up goes.
   */
  others: readonly S[];
}

/** The provider's API points its webhooks somewhere. */
export interface ProvisioningPower<S> {
  /**
   * Points the provider's webhooks at `webhookUrl`. Never throws for what the provider refuses: each step says what is missing. `keep`
   * stores what the provider made for the connection, or what it is to be told, before it is told: webhooks are verified with it from then
   * on. It answers what counts: what another process kept since `settings` were read goes before.
   */
  provision(
    webhookUrl: string,
    settings: S,
    io: ConnectorIo,
    keep: (learned: Learned) => Promise<Learned>,
  ): Promise<ProvisioningStep[]>;
  /**
   * Takes back what `provision` set up, where it still points at one of `webhookUrls`; what is somebody else's is left alone. Never throws
   * for what the provider refuses: each step that failed says what stays there, and how it is taken away by hand. Absent: everything stays.
   */
  remove?(removal: Removal<S>, settings: S, io: ConnectorIo): Promise<ProvisioningStep[]>;
}

/** The provider tells what it allows this very account. */
export interface LimitsPower<S> {
  /** Asks how many sends per second the provider takes; undefined: it does not tell. Throws `SendError`. */
  perSecond(settings: S, io: ConnectorIo): Promise<number | undefined>;
}
