/** The blob store keeps files of contacts by keys. It is a port: a folder implements it, and an object store can. */
import type { Readable } from 'node:stream';

/** Tells of a kept file without opening it. */
export interface BlobFacts {
  key: string;
  bytes: number;
}

/** Keeps files by keys that Parley made itself. It promises nothing to anybody: who finds nothing asks the provider. */
export interface BlobStore {
  /**
   * Keeps all of `stream`, or nothing; replaces what was kept by the key. Answers its bytes. Throws `media_too_large` (413) when there are
   * more than `maxBytes`, and what the stream throws.
   */
  put(key: string, stream: Readable, limits: { maxBytes: number }): Promise<number>;
  /** Opens a file; the caller must read or destroy `stream`. Undefined: it is not here. */
  get(key: string): Promise<{ stream: Readable; bytes: number } | undefined>;
  /** Removes a file; none is no error. */
  remove(key: string): Promise<void>;
  /** Lists every file, in no order, and clears away what a process left that was killed. */
  list(): AsyncIterable<BlobFacts>;
}
