/** Asks providers what they allow each account, where they tell: when the account is stored, and when they say that it changed. */
import { setTimeout as delay } from 'node:timers/promises';
import { has } from '../channels/channel.ts';
import type { ConnectorIo } from './connector.ts';
import type { Accounts } from './accounts.ts';
import type { LiveAccount } from './live.ts';

/** A person waits no longer than this for a provider that is slow to tell. */
const WAIT_MS = 3_000;

/** Lists what the limits work with. */
export interface LimitsDeps {
  accounts: Accounts;
  io: ConnectorIo;
}

/** Asks, and stores the answers. */
export class Limits {
  readonly #deps: LimitsDeps;
  /** Questions under way. */
  readonly #asking = new Set<Promise<void>>();

  constructor(deps: LimitsDeps) {
    this.#deps = deps;
  }

  /** Asks the provider. What it does not tell stays as it was. */
  ask(account: LiveAccount): void {
    void this.#ask(account);
  }

  /** Asks the same, and waits for the answer, but not long. */
  async known(account: LiveAccount): Promise<void> {
    const late = new AbortController();
    await Promise.race([this.#ask(account), delay(WAIT_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
  }

  /** Asks for accounts of which nothing was told yet, e.g. those of an earlier version. */
  askUnknown(): void {
    for (const account of this.#deps.accounts.list()) if (account.perSecond === null) this.ask(account);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#asking);
  }

  async #ask(account: LiveAccount): Promise<void> {
    const asking = this.#refresh(account).finally(() => this.#asking.delete(asking));
    this.#asking.add(asking);
    await asking;
  }

  async #refresh({ id, channel, settings }: LiveAccount): Promise<void> {
    if (!has(channel, 'limits')) return;
    const { accounts, io } = this.#deps;
    try {
      const perSecond = await channel.limits.perSecond(settings, io);
      const isNews = perSecond !== undefined && accounts.find(id)?.perSecond !== perSecond;
      if (isNews) await accounts.setPerSecond(id, perSecond);
    } catch (error) {
      io.log.warn({ account: id, err: error }, 'The limits of an account could not be read');
    }
  }
}
