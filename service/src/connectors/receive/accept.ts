/**
 * Accepts webhooks: verified, stored, fsynced, then acknowledged. Requests that arrive together share one commit. Nothing is made of
 * a webhook here, not even a look whether it came before: that is `normalize`, whose job is promised in the same unit of work. What
 * is written here only ever goes to the end of a table, whose size then matters little.
 */
import { createHash } from 'node:crypto';
import type { Accounts } from '../accounts.ts';
import type { LiveConnection } from '../live.ts';
import type { RawRequest } from '../connector.ts';
import type { Clock } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import type { Ledger } from '../../store/ledger.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import * as receipts from '../../store/receipt.store.ts';
import type { Digests, KeptRequest, NewReceipt, Receipt } from '../../store/receipt.store.ts';
import { normalizeJob } from '../normalize-job.ts';

/** Webhooks that wait for a commit at the most; beyond, the provider is asked to come back. */
const MAX_WAITING = 5_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** While one is being stored the next one gathers; more at a time would only be smaller, where commits run side by side. */
const MAX_UNDER_WAY = 2;

export interface AcceptorDeps {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Pick<Accounts, 'connections' | 'recheck'>;
  clock: Clock;
}

/** Webhooks that are stored by the same unit of work. */
class Batch {
  readonly receipts: NewReceipt[] = [];
  readonly connectionIds = new Set<string>();
  bytes = 0;
  isUnderWay = false;
  /** Resolves when all of them are on disk. */
  readonly done: Promise<void>;
  stored: () => void = () => undefined;
  failed: (error: unknown) => void = () => undefined;

  constructor() {
    this.done = new Promise((stored, failed) => Object.assign(this, { stored, failed }));
  }

  add(receipt: NewReceipt): void {
    this.receipts.push(receipt);
    this.connectionIds.add(receipt.connectionId);
    this.bytes += receipt.body.length;
  }
}

export class Acceptor {
  readonly #deps: AcceptorDeps;
  /** Still takes webhooks; once it is being stored, the next one opens another. */
  #open: Batch | undefined;
  #underWay = 0;
  #waiting = 0;
  #waitingBytes = 0;
  #accepted = 0;

  constructor(deps: AcceptorDeps) {
    this.#deps = deps;
  }

  /** Webhooks that were taken in for a commit since the start. */
  get accepted(): number {
    return this.#accepted;
  }

  /**
   * Verifies, this once, and stores. Resolves when the webhook is on disk. Throws `VerificationError` and stores nothing when it is not
   * authentic, `overloaded` (503) when too many wait.
   */
  accept(called: LiveConnection, request: RawRequest): Promise<void> {
    const receivedAt = this.#deps.clock.now();
    const { connections } = this.#deps.accounts;
    // It may have changed while the body was read.
    const verify = () => connections.verify(connections.find(called.id) ?? called, request, receivedAt);
    let owner: LiveConnection;
    try {
      owner = verify();
    } catch (error) {
      return this.#recheck(verify, error, request.body.length).then((of) => this.#take(of, request, receivedAt));
    }
    return this.#take(owner, request, receivedAt);
  }

  /** Verifies once more what waits meanwhile like a webhook that is to be stored. */
  async #recheck(verify: () => LiveConnection, error: unknown, bytes: number): Promise<LiveConnection> {
    if (this.#isFull()) throw error;
    this.#waiting += 1;
    this.#waitingBytes += bytes;
    try {
      return await this.#deps.accounts.recheck(verify, error);
    } finally {
      this.#waiting -= 1;
      this.#waitingBytes -= bytes;
    }
  }

  #isFull(): boolean {
    return this.#waiting >= MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES;
  }

  #take({ id, channel }: LiveConnection, request: RawRequest, receivedAt: number): Promise<void> {
    if (this.#isFull()) {
      throw new ParleyError(503, 'overloaded', 'Too many webhooks wait to be stored', { retryAfterMs: 1_000 });
    }
    const { body } = request;
    const batch = (this.#open ??= new Batch());
    batch.add({
      connectionId: id,
      receivedAt,
      request: keptRequest(request, channel.parsedHeaders),
      body,
    });
    this.#waiting += 1;
    this.#waitingBytes += body.length;
    this.#accepted += 1;
    if (!batch.isUnderWay && this.#underWay < MAX_UNDER_WAY) void this.#run(batch);
    return batch.done;
  }

  async #run(batch: Batch): Promise<void> {
    batch.isUnderWay = true;
    this.#underWay += 1;
    try {
      await this.#deps.ledger.write((tx) => this.#store(tx, batch));
      batch.stored();
    } catch (error) {
      batch.failed(error);
    }
    // The unit may have failed without having run.
    this.#close(batch);
    this.#underWay -= 1;
    this.#waiting -= batch.receipts.length;
    this.#waitingBytes -= batch.bytes;
    if (this.#open !== undefined && !this.#open.isUnderWay) void this.#run(this.#open);
  }

  #close(batch: Batch): void {
    if (this.#open === batch) this.#open = undefined;
  }

  async #store(tx: Tx, batch: Batch): Promise<void> {
    this.#close(batch);
    await receipts.insert(tx, batch.receipts);
    // In the same order everywhere: units that run side by side must not wait for each other in a circle.
    for (const id of [...batch.connectionIds].sort()) await this.#deps.outbox.enqueue(tx, normalizeJob(id));
  }
}

/** Receipts are posted, and their query is part of the URL. Of the headers, only those that are read again are stored. */
function keptRequest({ url, headers }: RawRequest, parsed: readonly string[] = []): KeptRequest {
  const kept = parsed.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { url, headers: Object.fromEntries(kept) };
}

/** Reads the webhook as it came from its receipt. */
export function requestOf(receipt: Pick<NewReceipt, 'request' | 'body'>): RawRequest {
  const { url, headers } = receipt.request;
  const body = Buffer.from(receipt.body.buffer, receipt.body.byteOffset, receipt.body.byteLength);
  return { method: 'POST', url, headers, query: queryOf(url), body };
}

const NO_QUERY = {};

/** Reads the query; of a repeated parameter, which is a list, the first counts. */
export function queryOf(url: string): Record<string, string> {
  const start = url.indexOf('?');
  if (start === -1) return NO_QUERY;
  return Object.fromEntries([...new URLSearchParams(url.slice(start))].reverse());
}

/**
 * Computes by which digests a webhook is told apart: the same bytes for the same connection are the same webhook, or are so within two spans of the
 * time in which the provider repeats it.
 */
export function digestsOf(
  connectionId: string,
  { body, receivedAt }: Pick<Receipt, 'body' | 'receivedAt'>,
  repeatsWithinMs: number | undefined,
): Digests {
  if (repeatsWithinMs === undefined) return { own: digestOf(connectionId, body) };
  const span = Math.floor(receivedAt / repeatsWithinMs);
  return { own: digestOf(`${connectionId} ${span}`, body), before: digestOf(`${connectionId} ${span - 1}`, body) };
}

/** Computes a digest of 132 bits. */
function digestOf(place: string, body: Uint8Array): string {
  return createHash('sha256').update(`${place} `).update(body).digest('base64url').slice(0, 22);
}
