/**
 * Keeps bytes of uploads, and files of contacts for a time, where the configuration asks for it: providers drop theirs, some within minutes. A job, promised in
 * the transaction of the fact that tells of a file, fetches it. A sweep drops what is too old, what nobody knows any more, and the oldest
 * when all together are too large. A file that is not kept, for whatever reason, is still asked for at the provider.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { EventOf } from '../../../../contract/event.ts';
import type { WatchedClock } from '../../core/watched-clock.ts';
import { ParleyError, SendError } from '../../core/errors.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import type { Job, JobHandler, Outbox, OutboxJob } from '../../outbox/outbox.ts';
import type { Ledger } from '../../store/ledger.ts';
import * as store from '../../store/media.store.ts';
import type { Tx } from '../../store/unit-of-work.ts';
import * as uploads from '../../store/upload.store.ts';
import type { Ages } from '../../maintenance/retention-part.ts';
import type { FileKeeping } from '../feature.ts';
import type { BlobFacts, BlobStore } from './blobs.ts';
import type { OpenFile, ProviderFiles } from './provider-files.ts';

const KIND = 'media';
/** Takes five hours. */
const MAX_TRIES = 12;
const FIRST_PAUSE_MS = 30_000;
const HOUR_MS = 3_600_000;
/** A sweep that makes room makes some for those that come next. */
const ROOM = 0.9;
/** Says how long the prefix of a key is. */
const PREFIX = 'mdi_'.length;
/** One query looks for so many files. */
const BATCH = 250;

/** Says what a job knows; without a file it is a sweep. */
const PAYLOAD = z.object({ mediaId: z.string().optional() });

const SWEEP: OutboxJob = { kind: KIND, key: 'media:sweep', priority: 10, payload: {} };

/** Lists what keeping files takes. */
export interface KeptFilesDeps {
  ledger: Ledger;
  outbox: Outbox;
  clock: WatchedClock;
  log: ConnectorIo['log'];
  provider: ProviderFiles;
  blobs: BlobStore;
  keeping: FileKeeping;
  /** No file is kept for longer than what was said. */
  keep: Pick<Ages, 'bodies'>;
  /** No file is larger. */
  maxBytes: number;
}

/** Matches the events that tell what somebody said. */
type FileEvent = EventOf<'message.received'> | EventOf<'message.edited'> | EventOf<'message.echo'> | EventOf<'call'>;

/** Fetches, finds and drops kept files. */
export class KeptFiles implements JobHandler<z.infer<typeof PAYLOAD>> {
  readonly kind = KIND;
  readonly payload = PAYLOAD;
  readonly concurrency = 2;
  readonly #deps: KeptFilesDeps;
  /** Counts the bytes of all files that are kept here, as far as this process knows; undefined: nobody looked yet. */
  #bytes: number | undefined;
  /** The folder did not answer when a file was last looked for. */
  #isOut = false;
  #sweptAt = -Infinity;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(deps: KeptFilesDeps) {
    this.#deps = deps;
  }

  /** Bytes of all files that are kept. */
  get bytes(): number {
    return this.#bytes ?? 0;
  }

  /** Promises that the files of an event are fetched. */
  async promise(tx: Tx, event: FileEvent): Promise<void> {
    for (const mediaId of filesIn(event)) {
      const job = { kind: KIND, key: `media:${mediaId}`, priority: 10 as const, payload: { mediaId } };
      await this.#deps.outbox.enqueue(tx, job);
    }
  }

  /** Promises that what nobody knows any more is dropped, as soon as the transaction is committed. */
  promiseSweep(tx: Tx): Promise<void> {
    return this.#deps.outbox.enqueue(tx, SWEEP);
  }

  /** Opens a kept file; undefined: it is not kept here, or where it is does not answer. */
  async open({ id, mimeType }: store.StoredMedia): Promise<OpenFile | undefined> {
    if (this.#deps.keeping.ms === 0) return undefined;
    try {
      const kept = await this.#deps.blobs.get(id);
      this.#isOut = false;
      return kept && { ...kept, mimeType };
    } catch (error) {
      this.#tellOnce(error as NodeJS.ErrnoException);
      return undefined;
    }
  }

  /** Keeps bytes of an upload, unless the folder does not take them. */
  async put(id: string, stream: Readable): Promise<void> {
    const { blobs, maxBytes, log } = this.#deps;
    try {
      const bytes = await blobs.put(id, stream, { maxBytes });
      if (this.#bytes !== undefined) this.#bytes += bytes;
    } catch (error) {
      const { name, code } = error as NodeJS.ErrnoException;
      log.warn({ upload: id, error: code ?? name }, 'The bytes of an upload are not kept');
    }
    if (this.#isSweepDue()) void this.#sweep();
  }

  /** Tells whether a file is kept here; false as well where the folder does not answer. */
  async has(id: string): Promise<boolean> {
    try {
      return await this.#isKept(id);
    } catch (error) {
      this.#tellOnce(error as NodeJS.ErrnoException);
      return false;
    }
  }

  /** Reads a file that is kept; the stream fails where it went meanwhile. */
  read(id: string): Readable {
    return Readable.from(this.#chunks(id), { objectMode: false });
  }

  async *#chunks(id: string): AsyncGenerator<Buffer> {
    const kept = await this.#deps.blobs.get(id);
    if (kept === undefined) throw new SendError('unreachable', 'The file is not kept any more');
    yield* kept.stream as AsyncIterable<Buffer>;
  }

  /** Writes a line for each outage: every download would make one. The message would tell paths. */
  #tellOnce({ name, code }: NodeJS.ErrnoException): void {
    if (!this.#isOut) this.#deps.log.warn({ error: code ?? name }, 'Kept files cannot be read; providers are asked');
    this.#isOut = true;
  }

  async run(job: Job<z.infer<typeof PAYLOAD>>): Promise<void> {
    const { ledger, outbox } = this.#deps;
    const { mediaId } = job.payload;
    if (mediaId === undefined) {
      // First: what is forgotten from now on promises another sweep.
      await ledger.write((tx) => outbox.finish(tx, job));
      return this.#sweep();
    }
    const pauseMs = await this.#fetch(mediaId, job.attempts + 1);
    await ledger.write((tx) =>
      pauseMs === undefined ? outbox.finish(tx, job) : outbox.postponeBy(tx, job, pauseMs, true),
    );
    if (this.#isSweepDue()) return this.#sweep();
  }

  /** Answers after which pause to try again; undefined: it is done, or given up. */
  async #fetch(id: string, attempt: number): Promise<number | undefined> {
    const { ledger, blobs, log } = this.#deps;
    const row = await store.find(ledger.reader, id);
    if (row === undefined || this.#deps.keeping.ms === 0) return undefined;
    try {
      if (await this.#isKept(id)) return undefined;
      await this.#keep(row);
    } catch (error) {
      if (!isFinal(error) && attempt < MAX_TRIES) return Math.min(HOUR_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
      const { name, message } = error as Error;
      log.warn({ media: id, account: row.accountId, error: name, reason: message, attempt }, 'A file is not kept');
      return undefined;
    }
    // It was forgotten meanwhile.
    if ((await store.find(ledger.reader, id)) === undefined) await blobs.remove(id);
    return undefined;
  }

  async #keep(row: store.StoredMedia): Promise<void> {
    const { ledger, provider, blobs, maxBytes } = this.#deps;
    const { stream, mimeType } = await provider.open(row);
    // Who asks for the kept file is told its type as well.
    if (mimeType !== row.mimeType) await ledger.write((tx) => store.setMimeType(tx, row.id, mimeType));
    const bytes = await blobs.put(row.id, stream, { maxBytes });
    if (this.#bytes !== undefined) this.#bytes += bytes;
  }

  async #isKept(id: string): Promise<boolean> {
    const kept = await this.#deps.blobs.get(id);
    kept?.stream.destroy();
    return kept !== undefined;
  }

  /** A process with a folder of its own may never get the job of the hourly sweep. */
  #isSweepDue(): boolean {
    const { clock, keeping } = this.#deps;
    const { bytes } = this;
    return clock.monotonic() - this.#sweptAt >= HOUR_MS || bytes > keeping.maxTotalBytes;
  }

  /** Sweeps one after the other: each sees what was forgotten before it was called. */
  #sweep(): Promise<void> {
    this.#sweeping = this.#sweeping.then(() => this.#sweepNow()).catch((error: unknown) => this.#notSwept(error));
    return this.#sweeping;
  }

  /** The next one, within the hour, finds what this one has left. */
  #notSwept(error: unknown): void {
    this.#deps.log.warn({ err: error }, 'Kept files could not be looked through; it will be tried again');
  }

  async #sweepNow(): Promise<void> {
    const { blobs, clock, keeping } = this.#deps;
    this.#sweptAt = clock.monotonic();
    const found: BlobFacts[] = [];
    for await (const blob of blobs.list()) found.push(blob);
    // What follows the prefix ascends in time.
    found.sort((a, b) => (a.key.slice(PREFIX) < b.key.slice(PREFIX) ? 1 : -1));
    const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
    const bound = keeping.maxTotalBytes * (total > keeping.maxTotalBytes ? ROOM : 1);
    let kept = 0;
    for (let at = 0; at < found.length; at += BATCH) {
      const batch = found.slice(at, at + BATCH);
      const wanted = await this.#wanted(batch);
      for (const { key, bytes } of batch) {
        if (wanted.has(key) && kept + bytes <= bound) kept += bytes;
        else await blobs.remove(key);
      }
    }
    this.#bytes = kept;
  }

  /** Finds files of contacts by their age; bytes of uploads as long as uploads name them. */
  async #wanted(batch: readonly BlobFacts[]): Promise<Set<string>> {
    const { ledger, clock, keeping, keep } = this.#deps;
    const since = Math.max(0, clock.reached() - Math.min(keeping.ms, keep.bodies));
    const keys = batch.map(({ key }) => key);
    const uploaded = await uploads.knownFiles(ledger.reader, keys);
    return new Set([...(await store.knownSince(ledger.reader, keys, since)), ...uploaded]);
  }
}

function filesIn(event: FileEvent): string[] {
  if (event.type !== 'call') return store.idsIn((event.message ?? event.echo)?.content);
  return event.data.recording === undefined ? [] : [event.data.recording.id];
}

/** Tells whether trying again would change nothing. */
function isFinal(error: unknown): boolean {
  return error instanceof ParleyError || (error instanceof SendError && /^(?:rejected|invalid)$/.test(error.kind));
}
