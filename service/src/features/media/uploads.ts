/**
 * Uploads files to send to the provider once, and reuses them by hash. Their bytes are kept for as long as a message may wait that is to be sent
 * with them: providers lose uploads before their time, and are then given them anew.
 */
import type { OutboundContent } from '../../../../contract/message.ts';
import type { LiveAccount } from '../../connectors/live.ts';
import type { ConnectorIo, MediaFile, MediaPower } from '../../connectors/connector.ts';
import type { Clock } from '../../core/clock.ts';
import { ParleyError } from '../../core/errors.ts';
import type { Ids } from '../../core/ids.ts';
import type { FileRenewal } from '../../outbound/renewals.ts';
import type { Ledger } from '../../store/ledger.ts';
import * as store from '../../store/upload.store.ts';
import type { SameBytes, Upload } from '../../store/upload.store.ts';
import type { KeptFiles } from './kept-files.ts';
import { mediaPower } from './provider-files.ts';

/** A message may be held for a week before its file is sent. */
export const WAIT_MS = 8 * 24 * 3_600_000;
/** Spaces the notes of what is uploaded again and again. */
const NOTED_EACH_MS = 3_600_000;

/** Lists what uploads take. */
export interface UploadsDeps {
  ledger: Ledger;
  io: ConnectorIo;
  clock: Clock;
  ids: Ids;
  kept: KeptFiles;
}

/** Uploads files, once and anew. */
export class Uploads implements FileRenewal {
  readonly #deps: UploadsDeps;
  /** Holds those that are under way, each by what it replaces: many messages may name one. */
  readonly #anew = new Map<string, Promise<string | undefined>>();

  constructor(deps: UploadsDeps) {
    this.#deps = deps;
  }

  /** Uploads a file, unless the same bytes are at the provider already. Throws a `SendError` or `ParleyError`. */
  async once(account: LiveAccount, file: MediaFile, sha256: string): Promise<{ upload: Upload; reused: boolean }> {
    const { ledger, clock } = this.#deps;
    const bytes: SameBytes = { accountId: account.id, sha256, mimeType: file.mimeType };
    const known = await store.findUpload(ledger.reader, bytes, clock.now() + WAIT_MS);
    const upload = known ?? (await this.#upload(account, file, bytes));
    await this.#keep(upload, file);
    return { upload, reused: known !== undefined };
  }

  async renew(account: LiveAccount, content: OutboundContent): Promise<OutboundContent | undefined> {
    const anew = new Map<string, string>();
    for (const [id, upload] of await store.named(this.#deps.ledger.reader, account.id, store.namesIn(content))) {
      // Another message has seen to it already.
      const isReplaced = upload.providerId !== id;
      const providerId = isReplaced ? upload.providerId : await this.#onlyOnce(account, upload);
      if (providerId !== undefined) anew.set(id, providerId);
    }
    return anew.size === 0 ? undefined : store.renamed(content, anew);
  }

  #onlyOnce(account: LiveAccount, lost: Upload): Promise<string | undefined> {
    const key = `${account.id} ${lost.providerId}`;
    const running = this.#anew.get(key);
    if (running !== undefined) return running;
    const started = this.#uploadAnew(account, lost).finally(() => this.#anew.delete(key));
    this.#anew.set(key, started);
    return started;
  }

  /** Answers the provider's new id of what it lost; undefined: the bytes are not here. */
  async #uploadAnew(account: LiveAccount, lost: Upload): Promise<string | undefined> {
    const { ledger, clock, kept } = this.#deps;
    // From now on it is not given to anybody else.
    await ledger.write((tx) => store.markLost(tx, lost, clock.now()));
    const present = await store.findAny(ledger.reader, lost);
    if (present === undefined || present.providerId !== lost.providerId) return present?.providerId;
    const { fileId, mimeType, bytes, filename } = present;
    if (fileId === null || !(await kept.has(fileId))) return undefined;
    const file: MediaFile = { stream: () => kept.read(fileId), filename: filename ?? 'file', mimeType, bytes };
    return (await this.#upload(account, file, present, present)).providerId;
  }

  async #upload(account: LiveAccount, file: MediaFile, bytes: SameBytes, before?: Upload): Promise<Upload> {
    const { ledger, io } = this.#deps;
    const { providerId, expiresAt = null } = await uploadOf(account)(file, account.settings, io);
    const { accountId, sha256, mimeType } = bytes;
    const { fileId, filename, keptAt } = before ?? store.NOT_KEPT;
    const kept = { fileId, filename, keptAt };
    const upload: Upload = { accountId, sha256, mimeType, providerId, bytes: file.bytes, expiresAt, ...kept };
    await ledger.write((tx) => store.putUpload(tx, upload));
    return upload;
  }

  /** Keeps the bytes, if it can; the file is sent in any case: where its bytes cannot be kept, nothing but a later loss tells of it. */
  async #keep(upload: Upload, file: MediaFile): Promise<void> {
    const { ledger, clock, ids, kept } = this.#deps;
    const now = clock.now();
    const { fileId, keptAt } = upload;
    const isHere = fileId !== null && (await kept.has(fileId));
    if (isHere && keptAt !== null && Math.abs(now - keptAt) < NOTED_EACH_MS) return;
    const id = isHere ? fileId : ids.next('upl');
    const known = { fileId: id, filename: file.filename, keptAt: now };
    await ledger.write((tx) => store.setKept(tx, upload, known));
    if (!isHere) await kept.put(id, file.stream());
  }
}

function uploadOf(account: LiveAccount): NonNullable<MediaPower<unknown>['upload']> {
  const media = mediaPower(account);
  if (media.upload === undefined) {
    const detail = `${account.channel.name} takes files to send as links only`;
    throw new ParleyError(400, 'unsupported_by_channel', detail);
  }
  return media.upload.bind(media);
}
