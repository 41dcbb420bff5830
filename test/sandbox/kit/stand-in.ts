import { randomUUID } from 'node:crypto';
import { answerApi, type Api, type ApiWorld } from './api.ts';
import { ChangeSignal } from './change-signal.ts';
import { systemClock, type SandboxClock } from './clock.ts';
import type { Control } from './control.ts';
import { FaultQueue } from './faults.ts';
import type { Answered } from './faulty.ts';
import type { HttpRequest } from './http-server.ts';
import { startSandboxServer } from './sandbox-server.ts';
import { sharedMembers, type Sandbox, type SandboxWorld } from './sandbox.ts';
import { RateLimiter } from './token-bucket.ts';
import type { PostedWebhooks, Retry } from './webhooks.ts';

/** Options of every stand-in; each of its settings may be given as well. */
export interface StandInOptions {
  /** 0 (default): any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  clock?: SandboxClock;
  /** Makes the unique part of every id; default: a random UUID. */
  newId?: () => string;
  /** Pauses before the second, third, … delivery of a webhook. */
  webhookRetryDelaysMs?: readonly number[];
  webhookTimeoutMs?: number;
}

/** What every stand-in knows; the provider's own comes on top. */
export interface StandInWorld<Settings extends object> extends SandboxWorld<Settings>, ApiWorld {
  newId: () => string;
  /** Origin of the stand-in; set once it listens. */
  url: string;
}

/** The settings a stand-in starts with: those that are given, and the others as they are by default. */
export function settingsFrom<S extends object>(defaults: S, options: Partial<S>): S {
  const given = Object.entries(options).filter(([name, value]) => name in defaults && value !== undefined);
  return { ...structuredClone(defaults), ...Object.fromEntries(given) };
}

/** An empty world with these settings. */
export function worldFor<S extends object>(settings: S, { clock, newId }: StandInOptions): StandInWorld<S> {
  return {
    settings,
    clock: clock ?? systemClock,
    newId: newId ?? randomUUID,
    url: '',
    requests: [],
    faults: new FaultQueue(),
    changes: new ChangeSignal(),
    limiter: new RateLimiter(),
  };
}

const RETRY_DELAYS_MS = [100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000, 3000];

/** How a stand-in retries its webhooks: as the provider does, only sooner. */
export function retryOf({ webhookRetryDelaysMs, webhookTimeoutMs }: StandInOptions): Retry {
  return { retryDelaysMs: webhookRetryDelaysMs ?? RETRY_DELAYS_MS, timeoutMs: webhookTimeoutMs ?? 5_000 };
}

type OwnMembers<S, Settings extends object> = Omit<S, keyof Sandbox<Settings> | 'url'>;

/** A part that is stopped. */
export type Closed = Pick<PostedWebhooks, 'close'>;

/** What a stand-in is made of. `Shown` is what tests see of it. */
export interface StandIn<W extends StandInWorld<Settings>, Settings extends object, Shown> {
  /** The provider's HTTP API, or whoever answers in its place. */
  api: Api<W> | ((world: W, request: HttpRequest) => Promise<Answered>);
  /** What tests see, besides what every stand-in shows. */
  members(world: W): OwnMembers<Shown, Settings>;
  controls: readonly Control<Shown>[];
  /** What is stopped with it, in this order. */
  closed(world: W): readonly Closed[];
}

/** Starts a stand-in over its world. Rejects when the port is taken. */
export async function startStandIn<W extends StandInWorld<Settings>, Settings extends object, Shown>(
  { api, members, controls, closed }: StandIn<W, Settings, Shown>,
  world: W,
  { host, port }: StandInOptions,
): Promise<Shown & Sandbox<Settings> & { url: string }> {
  const sandbox = { ...sharedMembers(world), ...members(world) } as unknown as Shown;
  const answer = typeof api === 'function' ? api : (of: W, request: HttpRequest) => answerApi(api, of, request);
  const server = await startSandboxServer({ host, port }, world, { sandbox, controls }, (request) =>
    answer(world, request),
  );
  world.url = server.url;
  const close = async () => {
    for (const part of closed(world)) await part.close();
    await server.close();
  };
  return Object.assign(sandbox as object, { url: server.url, port: server.port, close }) as never;
}
