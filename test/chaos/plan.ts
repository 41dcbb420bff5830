/** What will be broken, when and for how long: made from the seed alone. */
import { MISLEADING_ANSWERS, MISLEADING_GRAPH_ANSWERS, type Fault } from '../sandbox/kit/faults.ts';
import type { Engine } from './engine.ts';
import type { Random } from './random.ts';
import { MOODS, type Mood } from './workflow.ts';

/** The moment at which a process is killed: at any time, or right after something began that must not be done by halves. */
export const AIMS = [
  'any time',
  'webhook arrives',
  'send is asked',
  'provider is called',
  'provider took',
  'workflow is called',
] as const;
export type Aim = (typeof AIMS)[number];

export type Step =
  /**
   * SIGKILL `delayMs` after the aim; started again after `downMs`; `againMs`: killed once more while it starts. Then left alone for
   * `lifeMs`.
   */
  | { do: 'kill'; unit: number; aim: Aim; delayMs: number; downMs: number; againMs?: number; lifeMs: number }
  /** SIGSTOP, SIGCONT after `forMs`. */
  | { do: 'stop'; unit: number; forMs: number }
  /** SIGTERM, started again when it has ended. */
  | { do: 'end'; unit: number }
  /** `how`: what it does, in words. */
  | { do: 'provider fails'; fault: Fault; how: string }
  | { do: 'provider is away'; forMs: number }
  | { do: 'provider resets' }
  /** What the provider takes meanwhile, it takes; its answers are lost. */
  | { do: 'answers get lost'; forMs: number }
  /** The provider refuses the account, until its owner saves it anew. */
  | { do: 'token expires'; forMs: number }
  | { do: 'service is cut off' }
  | { do: 'workflow fails'; workflow: number; mood: Mood; forMs: number }
  /** Somebody writes what this workflow will always refuse. */
  | { do: 'poison is written'; workflow: number }
  /** The clock of the machine is set forth, or back (negative). */
  | { do: 'clock jumps'; byMs: number }
  | { do: 'server fails'; server: number; fault: string };

/** `pauseMs`: before the step. */
export type Planned = Step & { pauseMs: number };

const WEIGHTS: Record<Step['do'], number> = {
  kill: 42,
  stop: 8,
  end: 4,
  'provider fails': 16,
  'provider is away': 4,
  'provider resets': 6,
  'answers get lost': 5,
  'token expires': 3,
  'service is cut off': 4,
  'workflow fails': 18,
  'poison is written': 4,
  'clock jumps': 6,
  'server fails': 20,
};

const PROVIDER_FAULTS = {
  answer_other: 45,
  answer_dropped: 25,
  answer_late: 15,
  connection_dropped: 15,
  slow: 15,
  throttled: 25,
  // Waits half a minute before the repeat, as Meta's warnings ask for.
  server_error: 2,
  unavailable: 3,
} as const;

/** What the provider, or what stands before it, answers to what it took. */
const MISLEADING: Record<string, Fault['answer']> = { ...MISLEADING_ANSWERS, ...MISLEADING_GRAPH_ANSWERS };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Bounds of how far the clock is set at once. Forth: nothing is over by it that is to last. */
const CLOCK_JUMPS: readonly { leastMs: number; mostMs: number }[] = [
  { leastMs: -5_000, mostMs: -1 },
  { leastMs: -10 * MINUTE_MS, mostMs: -MINUTE_MS },
  { leastMs: -48 * HOUR_MS, mostMs: -HOUR_MS },
  { leastMs: 1, mostMs: 5_000 },
  { leastMs: MINUTE_MS, mostMs: 5 * MINUTE_MS },
];

/** Steps without end. */
export function* plan(random: Random, { units, servers }: Pick<Engine, 'units' | 'servers'>, workflows: number) {
  const weights = servers.length > 0 ? WEIGHTS : { ...WEIGHTS, 'server fails': 0 };
  for (;;) {
    const pauseMs = random.whole(100, 2_200);
    yield { ...step(random, random.weighted(weights), { units, servers }, workflows), pauseMs };
  }
}

function step(
  random: Random,
  kind: Step['do'],
  { units, servers }: Pick<Engine, 'units' | 'servers'>,
  workflows: number,
): Step {
  const unit = random.whole(0, units.length - 1);
  switch (kind) {
    case 'kill':
      return kill(random, unit);
    case 'stop':
      return { do: kind, unit, forMs: standstill(random, units.length) };
    case 'end':
      return { do: kind, unit };
    case 'provider fails':
      return { do: kind, ...providerFault(random) };
    case 'provider is away':
    case 'answers get lost':
    case 'token expires':
      return { do: kind, forMs: random.whole(50, 1_500) };
    case 'workflow fails': {
      const workflow = random.whole(0, workflows - 1);
      return { do: kind, workflow, mood: random.pick(MOODS), forMs: random.whole(100, 4_000) };
    }
    case 'poison is written':
      return { do: kind, workflow: random.whole(0, workflows - 1) };
    case 'clock jumps': {
      const { leastMs, mostMs } = random.pick(CLOCK_JUMPS);
      return { do: kind, byMs: random.whole(leastMs, mostMs) };
    }
    case 'server fails': {
      const server = random.whole(0, servers.length - 1);
      return { do: kind, server, fault: random.pick(Object.keys(servers[server]?.faults ?? {})) };
    }
    default:
      return { do: kind };
  }
}

function kill(random: Random, unit: number): Step {
  const aim = random.pick(AIMS);
  const delayMs = random.whole(0, aim === 'any time' ? 500 : 25);
  const again = random.chance(0.12) ? { againMs: random.whole(50, 1_200) } : {};
  return { do: 'kill', unit, aim, delayMs, downMs: random.whole(0, 600), ...again, lifeMs: random.whole(100, 1_500) };
}

/** Where others go on, now and then so long that they take the process for dead. */
function standstill(random: Random, units: number): number {
  return units > 1 && random.chance(0.15) ? random.whole(32_000, 36_000) : random.whole(200, 4_000);
}

function providerFault(random: Random): { fault: Fault; how: string } {
  const kind = random.weighted(PROVIDER_FAULTS);
  const how = kind === 'answer_other' ? random.pick(Object.keys(MISLEADING)) : kind;
  const fault: Fault = {
    kind,
    times: random.whole(1, 3),
    retryAfterSeconds: random.whole(0, 2),
    delayMs: random.whole(50, 1_500),
  };
  return { fault: kind === 'answer_other' ? { ...fault, answer: MISLEADING[how] } : fault, how };
}
