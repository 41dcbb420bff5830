/**
 * Inflates compressed bodies. A few kilobytes may stand for gigabytes: what comes out is bounded by its size and by its ratio to what came
 * in, and only a few bodies are inflated at the same time, so that they hold a bounded memory together. zlib's threads do the work.
 */
import { createGunzip, createInflate, type Zlib } from 'node:zlib';
import type { Transform } from 'node:stream';
import { ParleyError } from '../core/errors.ts';
import type { BodyBudget } from './body-budget.ts';

type Engine = Transform & Zlib;

const CHUNK_BYTES = 64 * 1024;
const ENGINES: Readonly<Record<string, () => Engine>> = {
  gzip: () => createGunzip({ chunkSize: CHUNK_BYTES }),
  'x-gzip': () => createGunzip({ chunkSize: CHUNK_BYTES }),
  deflate: () => createInflate({ chunkSize: CHUNK_BYTES }),
};

/** JSON that repeats itself shrinks to a twentieth; zlib could make a thousandth of it. */
const MAX_RATIO = 100;
/** Short bodies may shrink by more: there is little that they can become. */
const MIN_BOUND_BYTES = 64 * 1024;
/** As many as zlib has threads. */
const MAX_UNDER_WAY = 4;

const tooLarge = (bytes: number) =>
  new ParleyError(413, 'body_too_large', `The body inflates to more than ${bytes} bytes.`);
const broken = () => new ParleyError(400, 'invalid_body', 'The body is not what its Content-Encoding says.');
const tooMany = () =>
  new ParleyError(503, 'overloaded', 'Too much is being sent at the same time', { retryAfterMs: 1_000 });

/** Inflates a few bodies at a time, the others in their order. */
export class Inflater {
  readonly #budget: BodyBudget;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  /** Bodies that wait count in `budget`. */
  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  /** Tells whether it can inflate an encoding of `Content-Encoding`; several, one over the other, are none that it knows. */
  knows(encoding: string): boolean {
    return Object.hasOwn(ENGINES, encoding);
  }

  /**
   * Answers the body without its encoding, of at most `limit` bytes. Throws `body_too_large` (413), `invalid_body` (400) for what is cut off, corrupt
   * or followed by something else, `overloaded` (503).
   */
  async inflate(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
    let isEvicted = false;
    const reservation = this.#budget.reserve(() => (isEvicted = true));
    reservation.grow(body.length);
    try {
      if (this.#underWay >= MAX_UNDER_WAY) await new Promise<void>((start) => this.#waiting.push(start));
      else this.#underWay += 1;
      try {
        if (isEvicted) throw tooMany();
        return await inflate(body, encoding, Math.min(limit, Math.max(MIN_BOUND_BYTES, MAX_RATIO * body.length)));
      } finally {
        this.#next();
      }
    } finally {
      reservation.release();
    }
  }

  /** Starts the body that has waited the longest, so that none that comes later overtakes. */
  #next(): void {
    const start = this.#waiting.shift();
    if (start === undefined) this.#underWay -= 1;
    else start();
  }
}

async function inflate(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const engine = ENGINES[encoding]?.();
  if (engine === undefined) throw broken();
  const chunks: Buffer[] = [];
  let bytes = 0;
  engine.end(body);
  try {
    for await (const chunk of engine as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ParleyError ? error : broken();
  }
  // What follows the end of the stream is ignored by zlib.
  if (engine.bytesWritten !== body.length) throw broken();
  return Buffer.concat(chunks, bytes);
}
