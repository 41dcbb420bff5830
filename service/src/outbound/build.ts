/** Puts the outbound pipeline together. */
import type { Accounts } from '../connectors/accounts.ts';
import type { ConnectorIo } from '../connectors/connector.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import type { Failures } from '../core/failures.ts';
import type { Ids } from '../core/ids.ts';
import type { JobHandler, Outbox } from '../outbox/outbox.ts';
import type { Ledger } from '../store/ledger.ts';
import { Breaker } from './breaker.ts';
import type { Circuit } from './circuit.ts';
import { Expiry } from './expiry.ts';
import { OutcomeWriter } from './outcome/writer.ts';
import type { Outcomes } from './outcome/outcomes.ts';
import { Pacer } from './pace.ts';
import type { Statuses } from './outcome/statuses.ts';
import type { Rates } from './rates.ts';
import { SendHandler, type SendDeps } from './send.ts';
import { SettleHandler } from './outcome/settle.ts';

export interface OutboundDeps extends Pick<SendDeps, 'observer' | 'provisioning' | 'permissions' | 'renewals'> {
  ledger: Ledger;
  outbox: Outbox;
  accounts: Accounts;
  outcomes: Outcomes;
  circuit: Circuit;
  statuses: Statuses;
  rates: Rates;
  io: ConnectorIo;
  clock: WatchedClock;
  ids: Ids;
  random(): number;
  failures: Failures;
}

export interface Outbound {
  handlers: JobHandler[];
  pacer: Pacer;
  start(): void;
  /** Ends the wait for outcomes; it is called first of all when the service ends. */
  stop(): Promise<void>;
}

export function buildOutbound(deps: OutboundDeps): Outbound {
  const stopping = new AbortController();
  const breaker = new Breaker({ clock: deps.clock, log: deps.io.log });
  const pacer = new Pacer({ ...deps, breaker });
  const writer = new OutcomeWriter({ ...deps, pacer, stopping: stopping.signal });
  const expiry = new Expiry(deps);
  return {
    handlers: [new SendHandler({ ...deps, pacer, breaker, writer }), new SettleHandler(deps)],
    pacer,
    start: () => expiry.start(),
    stop: async () => {
      stopping.abort();
      await expiry.stop();
    },
  };
}
