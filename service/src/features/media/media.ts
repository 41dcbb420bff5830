/** Opens files that contacts sent, as they are kept or from the provider, and uploads what is to be sent. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AccountRef } from '../../../../contract/channel.ts';
import type { UploadedMedia } from '../../../../contract/api.ts';
import type { Accounts } from '../../connectors/accounts.ts';
import type { LiveAccount } from '../../connectors/live.ts';
import type { ConnectorIo, MediaFile, MediaPower } from '../../connectors/connector.ts';
import { capabilitiesOf } from '../../core/capabilities.ts';
import { iso } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import type { Ledger } from '../../store/ledger.ts';
import * as store from '../../store/media.store.ts';
import type { KeptFiles } from './kept-files.ts';
import { mediaPower, noFile, type OpenFile, type ProviderFiles } from './provider-files.ts';
import type { Uploads } from './uploads.ts';

export interface MediaDeps {
  ledger: Ledger;
  accounts: Accounts;
  io: ConnectorIo;
  provider: ProviderFiles;
  kept: KeptFiles;
  uploads: Uploads;
  /** Uploads pass through a file here, so that a large one does not fill the memory. */
  spoolDir: string;
}

export interface Download extends OpenFile {
  filename: string | null;
}

export interface NewUpload {
  account: AccountRef;
  filename: string | undefined;
  mimeType: string;
  purpose: 'message' | 'template_example';
  body: Readable;
}

export class Media {
  readonly #deps: MediaDeps;

  constructor(deps: MediaDeps) {
    this.#deps = deps;
  }

  /** Opens a contact's file, kept or at the provider. Throws `not_found`, `media_gone`, `media_too_large` or a `SendError`. */
  async download(id: string): Promise<Download> {
    const { ledger, accounts, kept, provider } = this.#deps;
    const row = await store.find(ledger.reader, id);
    if (row === undefined || (await accounts.known(row.accountId)) === undefined) throw noFile(id);
    return { ...((await kept.open(row)) ?? (await provider.open(row))), filename: row.filename };
  }

  /** Uploads a file, unless the same bytes are at the provider already. Throws before anything is uploaded when they do not fit. */
  async upload(upload: NewUpload): Promise<UploadedMedia> {
    const account = await this.#deps.accounts.required(upload.account);
    const kind = mediaPower(account).kindOf(upload.mimeType);
    const { media } = capabilitiesOf(account);
    const rule = kind && media[kind];
    if (rule === undefined) {
      upload.body.destroy();
      const accepted = Object.values(media).flatMap((one) => one?.mimeTypes ?? []);
      const detail = `${account.channel.name} does not take files of type '${upload.mimeType}'. It takes: ${accepted.join(', ')}`;
      throw new ParleyError(415, 'media_type_not_allowed', detail);
    }
    const path = join(this.#deps.spoolDir, randomUUID());
    await mkdir(this.#deps.spoolDir, { recursive: true, mode: 0o700 });
    try {
      const { bytes, sha256 } = await spool(upload.body, path, rule.maxBytes, kind ?? 'file');
      const { mimeType, filename = 'file' } = upload;
      const file: MediaFile = { stream: () => createReadStream(path), filename, mimeType, bytes };
      return await this.#uploadOnce(account, file, sha256, upload.purpose);
    } finally {
      await rm(path, { force: true });
    }
  }

  async #uploadOnce(
    account: LiveAccount,
    file: MediaFile,
    sha256: string,
    purpose: NewUpload['purpose'],
  ): Promise<UploadedMedia> {
    const { mimeType, bytes } = file;
    const facts = { mimeType, sha256, bytes };
    if (purpose === 'template_example') {
      const { handle } = await exampleUpload(account)(file, account.settings, this.#deps.io);
      return { id: handle, ...facts, reused: false };
    }
    const { upload, reused } = await this.#deps.uploads.once(account, file, sha256);
    return { id: upload.providerId, ...facts, ...ends(upload.expiresAt), reused };
  }
}

function ends(expiresAt: number | null): { expiresAt?: string } {
  return expiresAt === null ? {} : { expiresAt: iso(expiresAt) };
}

function exampleUpload(account: LiveAccount): NonNullable<MediaPower<unknown>['uploadExample']> {
  const media = mediaPower(account);
  if (media.uploadExample === undefined) {
    throw new ParleyError(400, 'unsupported_by_channel', `${account.channel.name} has no template examples`);
  }
  return media.uploadExample.bind(media);
}

/** Writes the bytes to a file while counting and hashing them. */
async function spool(
  body: Readable,
  path: string,
  maxBytes: number,
  kind: string,
): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash('sha256');
  let bytes = 0;
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes)
          throw new ParleyError(413, 'media_too_large', `A ${kind} may be at most ${maxBytes} bytes`);
        digest.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o600 }),
  );
  if (bytes === 0) throw new ParleyError(400, 'invalid_body', 'The file is empty');
  return { bytes, sha256: digest.digest('hex') };
}
