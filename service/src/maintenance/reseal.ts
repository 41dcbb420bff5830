/**
 * Keeps the sealed secrets in step with the encryption keys: a database is used with the keys it was made with, or not at all, and
 * what an older key sealed is sealed with the newest, so that the older one can go.
 *
 * Not a job of the outbox: which key is the newest is a matter of each process's configuration, and processes whose turn to be
 * restarted has not come yet must neither do this work nor call it done. Several at once do no harm: each change names what it replaces.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../platform/logger.ts';
import { SecretBoxError, type SecretBox } from '../platform/secret-box.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Db } from '../store/unit-of-work.ts';
import { keep, PROOF, SECRET_PLACES, type SealedSecret, type SecretPlace } from '../store/secret.store.ts';

/** One unit of work seals so many secrets anew: a millisecond or two. */
const STEP = 25;
/** The work leaves the ledger to the others so long between two steps. */
const PAUSE_MS = 50;
/** The work looks again after so long while old keys are configured: another process may go on sealing with one of them. */
const AGAIN_MS = 30_000;

/** Lists what the work of sealing anew works with. */
export interface ResealDeps {
  ledger: Ledger;
  secretBox: SecretBox;
  log: Logger;
  /** The work reports by it how many secrets are sealed with other keys than the newest. */
  counted(sealedByOldKeys: number): void;
}

/**
 * Checks the keys before anything is written. Throws `SecretBoxError` when a key that is still needed is missing, or when this database is used with
 * another one: also when nothing is sealed yet, so that processes with different keys never share a database.
 */
export async function checkKeys(ledger: Ledger, secretBox: SecretBox): Promise<void> {
  // Any box whose key is unknown tells its name when it is opened; one of a known key tells whether that is the right one.
  for (const prefixes of [secretBox.prefixes, []]) {
    const found = await firstOf(ledger.reader, prefixes);
    if (found !== undefined) open(secretBox, found);
  }
  const box = secretBox.encrypt(PROOF, PROOF);
  await ledger.write(async (tx) => open(secretBox, { id: PROOF, box: await keep(tx, PROOF, box) }));
}

async function firstOf(db: Db, prefixes: readonly string[]): Promise<SealedSecret | undefined> {
  for (const place of SECRET_PLACES) {
    const [found] = await place.others(db, prefixes, '', 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function open(secretBox: SecretBox, { id, box }: SealedSecret): void {
  try {
    secretBox.decrypt(box, id);
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    throw new SecretBoxError(
      `This database was used with another encryption key. ${error.message} ` +
        'The key is in PARLEY_ENCRYPTION_KEY, or else in the file "encryption-key" of the data folder.',
    );
  }
}

/** Seals anew, in the background, as long as more than one key is configured. */
export class Reseal {
  readonly #deps: ResealDeps;
  readonly #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #reported: 'nothing' | 'left' | 'done' = 'nothing';

  constructor(deps: ResealDeps) {
    this.#deps = deps;
  }

  /** Starts the work; it counts before it resolves, so that nobody reads a figure that is not known yet. */
  async start(): Promise<void> {
    if (this.#deps.secretBox.prefixes.length === 1) return;
    await this.#count();
    this.#work = this.#forEver();
  }

  /** Stops the work; resolves when the step under way is done. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #forEver(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        for (const place of SECRET_PLACES) await this.#through(place);
        await this.#count();
      } catch (error) {
        this.#deps.log.error({ err: error }, 'Secrets could not be sealed anew; it will be tried again');
      }
      await this.#rest(AGAIN_MS);
    }
  }

  async #through(place: SecretPlace): Promise<void> {
    const { ledger, secretBox } = this.#deps;
    const newest = [secretBox.prefixes[0]];
    let after = '';
    while (!this.#stop.signal.aborted) {
      const found = await place.others(ledger.reader, newest, after, STEP);
      after = found.at(-1)?.id ?? '';
      if (found.length === 0) return;
      const sealed = found.flatMap((secret) => this.#anew(secret));
      await ledger.write(async (tx) => {
        for (const [secret, anew] of sealed) await place.replace(tx, secret, anew);
      });
      await this.#rest(PAUSE_MS);
    }
  }

  /**
   * Seals a secret anew; answers none when it cannot be opened: it must not keep the others from being sealed, and goes on being counted.
   */
  #anew(secret: SealedSecret): [SealedSecret, string][] {
    const { secretBox, log } = this.#deps;
    try {
      return [[secret, secretBox.encrypt(secretBox.decrypt(secret.box, secret.id), secret.id)]];
    } catch (error) {
      log.warn({ err: error, id: secret.id }, 'A secret could not be opened, and stays as it is');
      return [];
    }
  }

  async #count(): Promise<void> {
    const { ledger, secretBox, counted } = this.#deps;
    const newest = [secretBox.prefixes[0]];
    let count = 0;
    for (const place of SECRET_PLACES) count += await place.count(ledger.reader, newest);
    counted(count);
    this.#tell(count);
  }

  #tell(count: number): void {
    const now = count === 0 ? 'done' : 'left';
    if (now === this.#reported) return;
    this.#reported = now;
    const { log } = this.#deps;
    if (now === 'left') return log.info({ count }, 'Secrets that older encryption keys sealed are being sealed anew');
    log.info('All secrets are sealed with the newest encryption key: the older ones can be taken away');
  }

  /** Rests between two steps; ends early when the service stops. */
  async #rest(durationMs: number): Promise<void> {
    await delay(durationMs, undefined, { ref: false, signal: this.#stop.signal }).catch(() => undefined);
  }
}
