/** What a run is about: processes of the service over a store and a queue, and what can be broken of them. */
import type { MachineClock } from './machine-clock.ts';
import type { Random } from './random.ts';
import type { Unit } from './unit.ts';

/** Something besides the service's processes that can be broken: a database, a queue. */
export interface Server {
  name: string;
  /** How to break it, each a name that tells; resolves when it works again. */
  faults: Record<string, (random: Random) => Promise<void>>;
  /** Those of `faults` that count as kills. */
  kills: readonly string[];
}

export interface Engine {
  name: EngineName;
  units: readonly Unit[];
  servers: readonly Server[];
  apiKey: string;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

export const ENGINES = ['sqlite', 'postgres+redis'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Where a run takes place. */
export interface Place {
  /** Where the service is reached from outside. */
  url: string;
  /** For data and logs. */
  folder: string;
  /** What every process of the service sees. */
  clock: MachineClock;
}

export type StartEngine = (place: Place) => Promise<Engine>;

/** Short, so that a short run sees how uncertain messages end. Also shorter than some outages: then the news comes late. */
export const UNKNOWN_AFTER_S = 20;

/** Environment of every process of the service. */
export function serviceEnv({ url, clock }: Place, dataDir: string, apiKey: string): Record<string, string> {
  return {
    ...clock.env,
    PARLEY_PUBLIC_URL: url,
    PARLEY_DATA_DIR: dataDir,
    PARLEY_API_KEY: apiKey,
    PARLEY_ALLOW_PRIVATE_PROVIDERS: 'loopback',
    PARLEY_UNKNOWN_AFTER: `${UNKNOWN_AFTER_S}s`,
  };
}
