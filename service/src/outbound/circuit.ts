/**
 * The circuit holds an account's sends: when the provider refuses the account itself (its token, its permissions), its sends wait instead of
 * failing one by one. A change of the account closes the circuit at once; besides, a send tries now and then whether it works again.
 */
import type { Accounts } from '../connectors/accounts.ts';
import type { LiveAccount, Pause } from '../connectors/live.ts';
import type { Clock } from '../core/clock.ts';
import type { SendError, SendErrorKind } from '../core/errors.ts';
import * as store from '../store/account.store.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Tx } from '../store/unit-of-work.ts';
import type { Outcomes } from './outcome/outcomes.ts';

const MINUTE_MS = 60_000;
const LONGEST_MS = 60 * MINUTE_MS;
/** Another process tries it: what it finds out is known here after so long. */
const ELSEWHERE_MS = 1_000;

/** Says what a process knows of the pause of an account. Instants are of its monotonic clock, so that a time of day that jumps changes none of them. */
interface Trial {
  /** Holds the pause that it is about, by its beginning, and when it said that the next trial may be: milliseconds since the epoch. */
  since: number;
  probeAt: number;
  /** Says when the pause began, as far as it is known. */
  beganAt: number;
  /** Says when the next trial may be. */
  dueAt: number;
  /** Tells whether this process has taken the latest trial, and it is under way. */
  mine: 'no' | 'free' | 'running';
}

/** Answers that a provider gives only to an account that it accepts. */
const WORKS: readonly SendErrorKind[] = ['session_closed', 'opted_out', 'rejected'];

export interface CircuitDeps {
  ledger: Ledger;
  accounts: Accounts;
  outcomes: Outcomes;
  clock: Clock;
}

export class Circuit {
  readonly #deps: CircuitDeps;
  readonly #trials = new Map<string, Trial>();

  constructor(deps: CircuitDeps) {
    this.#deps = deps;
  }

  /** Tells whether one send of a paused account may try: then 0, else after how many milliseconds to ask again. */
  async probe({ id, pause }: LiveAccount): Promise<number> {
    if (pause === null) return 0;
    const { clock, ledger, accounts } = this.#deps;
    const trial = this.#trialOf(id, pause);
    if (trial.mine === 'free') {
      trial.mine = 'running';
      return 0;
    }
    const passed = clock.monotonic();
    if (passed < trial.dueAt) return trial.dueAt - passed;
    const restMs = Math.min(LONGEST_MS, passed - trial.beganAt + MINUTE_MS);
    const next = clock.now() + restMs;
    const isMine = await ledger.write(async (tx) => {
      if (!(await store.acquireProbe(tx, id, pause.probeAt, next))) return false;
      // In the order of the commits: the pause may end in the very next one.
      tx.afterCommit(() => accounts.noted(id, { pause: { ...pause, probeAt: next } }));
      return true;
    });
    if (!isMine) return ELSEWHERE_MS;
    this.#trials.set(id, { ...trial, probeAt: next, dueAt: passed + restMs, mine: 'running' });
    return 0;
  }

  /** Cancels a probe that was not made, as there was nothing to send. The next send may make it. */
  cancelProbe(accountId: string): void {
    const trial = this.#trials.get(accountId);
    if (trial?.mine === 'running') trial.mine = 'free';
  }

  /** A wait that is longer than any was set by a clock that has been put back since: it is over. */
  #trialOf(id: string, { since, probeAt }: Pause): Trial {
    const { clock } = this.#deps;
    const known = this.#trials.get(id);
    const isSame = known?.since === since;
    if (isSame && known.probeAt === probeAt) return known;
    const [passed, now] = [clock.monotonic(), clock.now()];
    const restMs = probeAt - now;
    const ageMs = Math.min(LONGEST_MS, Math.max(0, now - since));
    const trial: Trial = {
      ...{ since, probeAt, mine: 'no' },
      beganAt: isSame ? known.beganAt : passed - ageMs,
      dueAt: restMs > LONGEST_MS ? passed : passed + restMs,
    };
    this.#trials.set(id, trial);
    return trial;
  }

  /** Tells whether the account is as it was when the provider refused it: nobody has mended it meanwhile. */
  async isUnchanged(account: LiveAccount): Promise<boolean> {
    const current = (await this.#deps.accounts.refreshed()).find(account.id);
    return current?.updatedAt === account.updatedAt;
  }

  /** Pauses the account, and tells it once. `by`: whether the answer to a send told what is wrong, or a status long after it. */
  async open(tx: Tx, account: LiveAccount, error: SendError, by: Pause['by']): Promise<void> {
    const { clock, accounts, outcomes } = this.#deps;
    const since = clock.now();
    const pause = { since, reason: error.message, probeAt: since + MINUTE_MS, by };
    if (!(await store.pause(tx, account, pause))) return;
    await outcomes.alert(tx, account, `paused:${account.id}:${since}`, error, since);
    tx.afterCommit(() => accounts.noted(account.id, { pause }));
  }

  /** A send was answered: one that tried a paused account ends the pause, unless only statuses tell what is wrong with it. */
  async answered(tx: Tx, account: LiveAccount, kind: 'accepted' | SendErrorKind): Promise<void> {
    const isProof = kind === 'accepted' || WORKS.includes(kind);
    if (account.pause?.by === 'answer' && isProof) await this.#close(tx, account, account.pause);
  }

  /** A message that was sent at `sentAt` reached its contact: since the pause began, that proves that the account works. */
  async proved(tx: Tx, account: LiveAccount, sentAt: number): Promise<void> {
    if (account.pause !== null && sentAt >= account.pause.since) await this.#close(tx, account, account.pause);
  }

  async #close(tx: Tx, account: LiveAccount, pause: Pause): Promise<void> {
    if (!(await store.resume(tx, account.id, pause.since))) return;
    await this.#deps.outcomes.resumed(tx, account, pause.since);
    tx.afterCommit(() => this.#deps.accounts.noted(account.id, { pause: null }));
  }
}
