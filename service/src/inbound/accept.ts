/**
 * Accepts webhooks: verified, stored, fsynced, then acknowledged. Requests that arrive together share one commit. Nothing is made of
 * a webhook here; that is `normalize`, whose job is promised in the same unit of work.
 */
import { createHash } from 'node:crypto';
import type { LiveAccount } from '../accounts/accounts.ts';
import type { RawRequest } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError } from '../core/errors.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Ledger, Tx } from '../store/ledger.ts';
import * as receipts from '../store/receipt.store.ts';
import type { NewReceipt } from '../store/receipt.store.ts';

/** Webhooks that wait for a commit at the most; beyond, the provider is asked to come back. */
const MAX_WAITING = 5_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Headers that say nothing about the webhook. */
const LEFT_OUT = new Set([
  'authorization',
  'cookie',
  'connection',
  'accept',
  'accept-encoding',
  'host',
  'content-length',
]);

export interface AcceptorDeps {
  ledger: Ledger;
  outbox: Outbox;
  clock: Clock;
  /** Told how many of a channel's webhooks in a commit were new. */
  accepted(channel: string, added: number): void;
}

/** Webhooks that are stored by the same unit of work. */
interface Batch {
  items: { account: LiveAccount; receipt: NewReceipt }[];
  done: Promise<void>;
}

export class Acceptor {
  readonly #deps: AcceptorDeps;
  /** Still takes webhooks; once it is being stored, the next one opens another. */
  #open: Batch | undefined;
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
   * Verifies and stores. Resolves when the webhook is on disk (or was before). Throws `VerificationError` and stores nothing when it
   * is not authentic, `overloaded` (503) when too many wait.
   */
  accept(account: LiveAccount, request: RawRequest): Promise<void> {
    account.channel.verify(request, account.settings);
    if (this.#waiting >= MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES) {
      throw new ParleyError(503, 'overloaded', 'Too many webhooks wait to be stored', { retryAfterMs: 1_000 });
    }
    const receipt: NewReceipt = {
      accountId: account.id,
      receivedAt: this.#deps.clock.now(),
      request: storedRequest(request),
      body: request.body,
      digest: digestOf(account.id, request.body),
    };
    this.#open ??= this.#newBatch();
    this.#open.items.push({ account, receipt });
    this.#count(1, request.body.length);
    this.#accepted += 1;
    return this.#open.done;
  }

  #newBatch(): Batch {
    const batch: Batch = { items: [], done: Promise.resolve() };
    batch.done = this.#deps.ledger
      .write((tx) => this.#store(tx, batch))
      .finally(() => {
        // The unit may have failed without having run.
        this.#close(batch);
        for (const { receipt } of batch.items) this.#count(-1, -receipt.body.length);
      });
    return batch;
  }

  #close(batch: Batch): void {
    if (this.#open === batch) this.#open = undefined;
  }

  #count(webhooks: number, bytes: number): void {
    this.#waiting += webhooks;
    this.#waitingBytes += bytes;
  }

  async #store(tx: Tx, batch: Batch): Promise<void> {
    this.#close(batch);
    for (const account of new Set(batch.items.map((one) => one.account))) {
      const own = batch.items.filter((one) => one.account === account).map((one) => one.receipt);
      const added = await receipts.insert(tx, own);
      await this.#deps.outbox.enqueue(tx, normalizeJob(account.id));
      tx.afterCommit(() => this.#deps.accepted(account.channel.id, added));
    }
  }
}

/** The one job that reads an account's receipts. */
export function normalizeJob(accountId: string) {
  return { kind: 'normalize' as const, key: `normalize:${accountId}`, payload: { accountId } };
}

/** 132 bits: its index is written at random places, so what is short costs less of every commit. */
function digestOf(accountId: string, body: Uint8Array): string {
  return createHash('sha256').update(`${accountId} `).update(body).digest('base64url').slice(0, 22);
}

function storedRequest({ method, url, headers, query }: RawRequest): string {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !LEFT_OUT.has(name)));
  return JSON.stringify({ method, url, headers: kept, query });
}

/** The webhook as it came, from its receipt. */
export function requestOf(receipt: { request: string; body: Uint8Array }): RawRequest {
  const stored = JSON.parse(receipt.request) as Omit<RawRequest, 'body'>;
  return { ...stored, body: Buffer.from(receipt.body.buffer, receipt.body.byteOffset, receipt.body.byteLength) };
}
