/** How much is measured: a little with `--quick`, everything with `--full`. */
import type { AcceptPlan } from './accept.ts';
import type { ChannelPlan } from './channels.ts';
import type { SendPlan } from './sends.ts';

export interface Plan {
  /** Which parts, by their letters. */
  parts: string;
  starts: number;
  latencies: number;
  sends: SendPlan;
  accept: AcceptPlan;
  /** Webhooks of a round of deliveries, one event in a call and a hundred. */
  deliveries: { rounds: number; count: number };
  ackMs: number;
  channels: ChannelPlan;
  /** Messages that the ledger holds already. */
  filled: readonly number[];
  soakMinutes: number;
}

const MILLION = 1_000_000;
const CONNECTIONS = 100;
const SENDS = { connections: 50, accounts: 4 };

export function planOf(args: readonly string[], only: string | undefined): Plan {
  const soak = args.find((arg) => arg.startsWith('--soak'));
  const [isQuick, isFull] = [args.includes('--quick'), args.includes('--full')];
  const minutes = soak === undefined ? 10 : Number(soak.split('=')[1] ?? 10);
  const parts = only ?? `abcdefghp${isFull || soak !== undefined ? 's' : ''}`;
  const filled = isFull ? [MILLION, 5 * MILLION] : [MILLION];
  return { ...(isQuick ? quick : usual), parts, filled: isQuick ? [MILLION / 10] : filled, soakMinutes: minutes };
}

const usual = {
  starts: 5,
  latencies: 300,
  sends: { ...SENDS, rounds: 5, count: 3_000 },
  accept: { rounds: 5, durationMs: 4_000, connections: CONNECTIONS, pool: 160_000 },
  deliveries: { rounds: 3, count: 5_000 },
  ackMs: 10_000,
  channels: { rounds: 5, count: 20_000 },
};

const quick = {
  starts: 2,
  latencies: 50,
  sends: { ...SENDS, rounds: 3, count: 1_000 },
  accept: { rounds: 3, durationMs: 1_500, connections: CONNECTIONS, pool: 60_000 },
  deliveries: { rounds: 1, count: 2_000 },
  ackMs: 3_000,
  channels: { rounds: 3, count: 5_000 },
};

/** Parts that are measured again elsewhere: shorter, as they come on top. */
export function again({ accept, sends, latencies, ...rest }: Plan): Plan {
  const shorter = { ...accept, rounds: Math.min(3, accept.rounds), durationMs: accept.durationMs / 2 };
  const pool = accept.pool / 2;
  return { ...rest, accept: { ...shorter, pool }, sends: { ...sends, rounds: 3 }, latencies: latencies / 3 };
}
