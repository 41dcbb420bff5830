/** Opens files of contacts as their providers have them. */
import type { Readable } from 'node:stream';
import { has } from '../../channels/channel.ts';
import type { Accounts } from '../../connectors/accounts.ts';
import type { ConnectorIo, MediaPower, MediaRef } from '../../connectors/connector.ts';
import type { LiveAccount } from '../../connectors/live.ts';
import { ParleyError } from '../../core/errors.ts';
import type { Sealer } from '../../core/sealer.ts';
import type { StoredMedia } from '../../store/media.store.ts';

/** Lists what it takes to ask providers for files. */
export interface ProviderFilesDeps {
  accounts: Accounts;
  io: ConnectorIo;
  sealer: Sealer;
  /** No file is larger. */
  maxBytes: number;
}

/** Holds a file that is open; the caller must read or destroy `stream`. */
export interface OpenFile {
  stream: Readable;
  mimeType: string;
  bytes?: number;
}

/** Opens files at the providers. */
export class ProviderFiles {
  readonly #deps: ProviderFilesDeps;

  constructor(deps: ProviderFilesDeps) {
    this.#deps = deps;
  }

  /** Opens a contact's file. Throws `not_found`, `media_gone`, `media_too_large` or a `SendError`. */
  async open(row: StoredMedia): Promise<OpenFile> {
    const { accounts, io, maxBytes } = this.#deps;
    const account = await accounts.known(row.accountId);
    if (account === undefined) throw noFile(row.id);
    const file = await mediaPower(account).download(this.#refOf(row), account.settings, io);
    if ((file.bytes ?? 0) > maxBytes) {
      file.stream.destroy();
      throw new ParleyError(413, 'media_too_large', `The file is larger than ${maxBytes} bytes`);
    }
    return { ...file, mimeType: file.mimeType || row.mimeType };
  }

  #refOf({ id, providerId, secret }: StoredMedia): MediaRef {
    if (secret === null) return { providerId };
    return { providerId, secret: this.#deps.sealer.decrypt(secret, id) as MediaRef['secret'] };
  }
}

/** Says that there is no file by the id, or none any more. */
export function noFile(id: string): ParleyError {
  return new ParleyError(404, 'not_found', `There is no file '${id}'`);
}

/** Finds the account's power over files. Throws `unsupported_by_channel`. */
export function mediaPower({ channel }: LiveAccount): MediaPower<unknown> {
  if (has(channel, 'media')) return channel.media;
  throw new ParleyError(400, 'unsupported_by_channel', `${channel.name} has no files`);
}
