/** Keeps files in a folder, spread over 256 folders by the hash of their keys. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ParleyError } from '../../core/errors.ts';
import type { BlobFacts, BlobStore } from './blobs.ts';

/** No name that a stranger chose can lead out of the folder. */
const KEY = /^[a-z]{3}_[0-9a-z]{1,64}$/;
const SHARD = /^[0-9a-f]{2}$/;
const PART = '.part';
/** No file takes longer to come. */
const MAX_PART_AGE_MS = 24 * 3_600_000;

/** Writes each file under another name and renames it when it is whole and on disk; only the service's own user can read it. */
export class FolderBlobs implements BlobStore {
  readonly #folder: string;

  /** The folder is made when the first file comes. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(key: string, stream: Readable, { maxBytes }: { maxBytes: number }): Promise<number> {
    const path = this.#pathOf(key);
    const part = `${path}.${randomUUID()}${PART}`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      const bytes = await write(stream, part, maxBytes);
      await rename(part, path);
      return bytes;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async get(key: string): Promise<{ stream: Readable; bytes: number } | undefined> {
    const file = await unlessAbsent(open(this.#pathOf(key), 'r'));
    if (file === undefined) return undefined;
    try {
      const { size: bytes } = await file.stat();
      return { stream: file.createReadStream(), bytes };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  async *list(): AsyncGenerator<BlobFacts> {
    // What else lies there is not ours: `lost+found`, where the folder is a disk of its own.
    for (const shard of ((await unlessAbsent(readdir(this.#folder))) ?? []).filter((name) => SHARD.test(name))) {
      for (const name of await readdir(join(this.#folder, shard))) {
        const path = join(this.#folder, shard, name);
        const facts = await unlessAbsent(stat(path));
        if (facts === undefined) continue;
        if (KEY.test(name)) yield { key: name, bytes: facts.size };
        else if (name.endsWith(PART) && facts.mtimeMs < Date.now() - MAX_PART_AGE_MS) await rm(path, { force: true });
      }
    }
  }

  #pathOf(key: string): string {
    if (!KEY.test(key)) throw new Error('This is no key of a file');
    return join(this.#folder, createHash('sha256').update(key).digest('hex').slice(0, 2), key);
  }
}

async function write(stream: Readable, path: string, maxBytes: number): Promise<number> {
  let bytes = 0;
  await pipeline(
    stream,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes)
          throw new ParleyError(413, 'media_too_large', `The file is larger than ${maxBytes} bytes`);
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o600, flush: true }),
  );
  return bytes;
}

/** Answers undefined where there is none: another process may have removed it a moment ago. */
async function unlessAbsent<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
