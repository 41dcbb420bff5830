/** Makes the calls of workflows: signed POSTs of events to a subscription's URL. */
import { createHash } from 'node:crypto';
import { signDelivery } from '../../../contract/signature.ts';
import type { Clock } from '../core/clock.ts';
import { ParleyError, SendError } from '../core/errors.ts';
import type { ProviderHttp } from '../core/http.ts';
import type { Sealer } from '../core/sealer.ts';
import * as events from '../store/event.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { PendingDelivery, StoredSubscription } from '../store/subscription.store.ts';
import { readAnswer, type Reading } from './answers.ts';
import type { CallPlace, MadeCall } from './batches.ts';

const TIMEOUT_MS = 60_000;

/** Lists what the caller works with. */
export interface CallerDeps {
  ledger: Ledger;
  http: ProviderHttp;
  clock: Clock;
  sealer: Pick<Sealer, 'decrypt'>;
}

/** Describes one call as it goes out. */
export interface Call extends MadeCall {
  id: string;
  batch: readonly PendingDelivery[];
  body: Buffer;
}

/** Calls workflows. */
export class Caller {
  readonly #deps: CallerDeps;

  constructor(deps: CallerDeps) {
    this.#deps = deps;
  }

  /** Makes a call of as many events as fit in `maxBytes`, at least one, with the provider's bodies for those who want them. */
  async prepare(
    { filter }: StoredSubscription,
    place: CallPlace,
    waiting: readonly PendingDelivery[],
    maxBytes: number,
  ): Promise<Call> {
    const seqs = waiting.map((one) => one.eventSeq);
    const raws = filter.includeRaw ? await events.raws(this.#deps.ledger.reader, seqs) : new Map<number, string>();
    const texts = waiting.map((one) => withRaw(one.json, raws.get(one.eventSeq)));
    const { count, body } = bodyOf(texts, maxBytes);
    const batch = waiting.slice(0, count);
    return { ...place, id: deliveryId(batch), batch, body, events: count, bytes: body.length };
  }

  /** Calls the receiver, and answers what the answer means. It throws for defects only. */
  async call(subscription: StoredSubscription, { id, body }: Call): Promise<Reading> {
    const secret = this.#deps.sealer.decrypt(subscription.secret, subscription.id) as string;
    const signature = signDelivery(secret, id, this.#deps.clock.now(), body);
    const headers = { 'content-type': 'application/json', ...signature };
    const request = { method: 'POST', url: subscription.url, headers, bytes: body, timeoutMs: TIMEOUT_MS } as const;
    try {
      return readAnswer(await this.#deps.http.request(request), subscription, id);
    } catch (error) {
      if (error instanceof SendError || error instanceof ParleyError) return { outcome: 'away', reason: error.message };
      throw error;
    }
  }
}

/** Writes the body of a call with as many events as fit in so many bytes, at least one. */
function bodyOf(texts: readonly string[], maxBytes: number): { count: number; body: Buffer } {
  let bytes = Buffer.byteLength('{"events":[]}');
  const end = texts.findIndex((text) => (bytes += Buffer.byteLength(text) + 1) > maxBytes);
  const count = end === -1 ? texts.length : Math.max(1, end);
  return { count, body: Buffer.from(`{"events":[${texts.slice(0, count).join(',')}]}`) };
}

function withRaw(json: string, raw: string | undefined): string {
  return raw === undefined ? json : `${json.slice(0, -1)},"raw":${raw}}`;
}

/** Makes the id of a call. The same events always make the same id, so that a repeated call can be known as one. */
function deliveryId(batch: readonly PendingDelivery[]): string {
  const digest = createHash('sha256').update(batch.map((one) => one.eventId).join(' '));
  return `dlv_${digest.digest('hex').slice(0, 26)}`;
}
