/** Everything that can happen to the service, one command each. `turns`: how far it gets before the next one; absent: to the end. */
import fc from 'fast-check';
import type { SendMessage } from '../../contract/api.ts';
import { ParleyError } from '../../service/src/core/errors.ts';
import { messagesBody, statusBody } from './bodies.ts';
import { MISLEADING_NAMES, POISON, REFUSALS, WORKFLOW_TROUBLES } from './fakes.ts';
import type { Misleading, Refusal, WorkflowAnswer } from './fakes.ts';
import { checkInvariants } from './invariants.ts';
import { ACCOUNT, type Life } from './life.ts';
import { HAND_OVER_MS, owedStatuses, PEOPLE, type Promises, type Send, type Webhook } from './promises.ts';

type Act = (promises: Promises, life: Life) => Promise<unknown> | unknown;
type Command = fc.AsyncCommand<Promises, Life>;

/** A command that can be told, which checks the invariants when it is done. */
class Does implements Command {
  readonly #what: string;
  readonly #turns: number | undefined;
  readonly #act: Act;

  constructor(what: string, turns: number | undefined, act: Act) {
    this.#what = what;
    this.#turns = turns;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(promises: Promises, life: Life): Promise<void> {
    await this.#act(promises, life);
    await life.settle(this.#turns);
    checkInvariants(promises, life);
  }

  toString(): string {
    return this.#turns === undefined ? this.#what : `${this.#what} (${this.#turns} turns)`;
  }
}

/** Posts a webhook, or posts it again. */
export function post(promises: Promises, life: Life, webhook: Webhook): void {
  if (!promises.hasAccount) return;
  promises.posted(webhook);
  life.post(webhook.body).then(
    () => promises.acknowledged(webhook),
    (error: unknown) => promises.problems.push(`a webhook was refused: ${String(error)}`),
  );
}

/** Asks for a send, or asks again; the same key is the same message. */
export function ask(promises: Promises, life: Life, send: Send): void {
  const { key, person, hold, purpose } = send;
  if (!promises.hasAccount) return;
  const content = { type: 'text', text: key } as const;
  const body: SendMessage = {
    account: ACCOUNT,
    to: `+${person}`,
    content,
    purpose,
    ...(hold && { ifSessionClosed: 'hold' }),
  };
  life.pipelines.admission.admit(body, key).then(
    ({ id }) => {
      if (send.id !== undefined && send.id !== id) promises.problems.push(`${key} is ${send.id} and ${id}`);
      send.id = id;
      send.isRefused = false;
    },
    (error: unknown) => {
      const isClosed = error instanceof ParleyError && error.code === 'session_closed';
      if (!isClosed || send.id !== undefined) promises.problems.push(`${key} was refused: ${String(error)}`);
      send.isRefused = true;
    },
  );
}

export function writes(person: string, count: number, isPoison = false): Act {
  return (promises, life) => {
    const waiting = promises.unheard(person);
    if (waiting) return post(promises, life, waiting);
    const messages = Array.from({ length: count }, () => `${isPoison ? POISON : 'wamid.in'}${promises.next()}`);
    promises.written.get(person)?.push(...messages);
    const webhook = { body: messagesBody(person, messages, life.clock.now()), person, messages, isAcknowledged: false };
    promises.webhooks.push(webhook);
    return post(promises, life, webhook);
  };
}

/** What was heard already, byte for byte or in other company. */
function repeats(nth: number, isWrappedAnew: boolean): Act {
  return (promises, life) => {
    const heard = promises.webhooks.filter(({ isAcknowledged }) => isAcknowledged);
    const webhook = heard[nth % heard.length];
    if (webhook === undefined) return undefined;
    const { person, messages } = webhook;
    if (!isWrappedAnew || person === undefined) return post(promises, life, webhook);
    const body = messagesBody(person, [...messages, ...messages].slice(0, 3), life.clock.now() + 1_000);
    return post(promises, life, { body, person: undefined, messages: [], isAcknowledged: false });
  };
}

function isSent(person: string, hold: boolean, purpose: Send['purpose'], twice: boolean): Act {
  return (promises, life) => {
    const waiting = promises.unanswered(person);
    const send = waiting ?? { key: `send ${promises.next()}`, person, hold, purpose, isRefused: false };
    if (waiting === undefined) promises.sends.push(send);
    for (let times = twice ? 2 : 1; times > 0; times--) ask(promises, life, send);
  };
}

function isSentAgain(nth: number): Act {
  return (promises, life) => {
    const admitted = promises.sends.filter(({ id }) => id !== undefined);
    const send = admitted[nth % admitted.length];
    return send && ask(promises, life, send);
  };
}

const PROVIDER_ACTS = ['takes', 'answers', 'loses', ...REFUSALS] as const;

function provider(how: (typeof PROVIDER_ACTS)[number], nth: number): Act {
  return (_promises, { provider: it }) => {
    const call = it.open[nth % it.open.length];
    if (call === undefined) return undefined;
    if (how === 'takes') return it.takes(call);
    if (how === 'answers') return it.answers(call);
    if (how === 'loses' || call.taken) return it.loses(call);
    return it.refuses(call, how as Refusal);
  };
}

/** A call that was carried out is answered as if it had not been. */
function misleads(how: Misleading, nth: number): Act {
  return (_promises, { provider: it }) => {
    const call = it.open[nth % it.open.length];
    if (call) it.misleads(call, how);
  };
}

/** The next status of a message, a later one, or none at all: it failed after all. */
function status(nth: number, skip: number, failure: number | undefined): Act {
  return (promises, life) => {
    const open = life.provider.taken.filter((one) => owedStatuses(one).length > 0);
    const taken = open[nth % open.length];
    if (taken === undefined || !promises.hasAccount) return;
    const owed = owedStatuses(taken);
    const fails = failure !== undefined && owed.length === 3;
    const next = fails ? 'failed' : (owed[skip % owed.length] as string);
    taken.statuses.push(next);
    const body = statusBody(taken, next, life.clock.now(), fails ? failure : undefined);
    const isHeld = promises.sends.some(({ id, hold }) => id === taken.id && hold);
    if (fails && ((failure === CLOSED && isHeld) || failure === PAYMENT)) taken.isRefused = true;
    const webhook = { body, person: undefined, messages: [], isAcknowledged: false };
    promises.webhooks.push(webhook);
    post(promises, life, webhook);
  };
}
/** Meta: the session is closed; undeliverable; the account is not paid for. */
const CLOSED = 131047;
const UNDELIVERABLE = 131026;
const PAYMENT = 131042;

function workflow(nth: number, how: WorkflowAnswer): Act {
  return (promises, { workflow: it, processNumber }) => {
    const call = it.open[nth % it.open.length];
    // A process that is dead does not learn of it either.
    if (call) it.answers(call, call.process === processNumber || how !== 'takes' ? how : 'is cut off');
    return promises;
  };
}

/** Hand-over: the workflow is saved, not switched off. */
function unsubscribes(handsOver: boolean): Act {
  return async (promises, life) => {
    await life.settle();
    if (promises.subscription === undefined) return;
    await life.pipelines.subscriptions.remove(promises.subscription, handsOver);
    promises.subscription = undefined;
    if (handsOver) promises.handOverUntil = life.clock.now() + HAND_OVER_MS;
    else release(promises, life);
    promises.wasAlwaysSubscribed = false;
  };
}

export const subscribes: Act = async (promises, life) => {
  await life.settle();
  if (promises.subscription !== undefined) return;
  if (promises.handOverUntil !== undefined && promises.handOverUntil <= life.clock.now()) release(promises, life);
  promises.subscription = await life.subscribe();
  promises.handOverUntil = undefined;
};

/** Nobody is left who could get what was not taken. */
export function release(promises: Promises, { workflow: { seen, taken } }: Life): void {
  const done = new Set(seen.filter(({ id }) => taken.has(id)).map(({ message }) => message?.providerMessageId));
  promises.release((id) => done.has(id));
}

function passes(ms: number): Act {
  return async (promises, life) => {
    await life.settle();
    life.advance(ms);
    const { handOverUntil } = promises;
    if (handOverUntil !== undefined && handOverUntil <= life.clock.now()) release(promises, life);
  };
}

/** The clock shows another time, for good or for a moment: then it ends nothing, however far it goes. */
function jumps(ms: number, comesBack: boolean): Act {
  return async (_promises, life) => {
    life.jump(ms);
    if (!comesBack) return;
    await life.settle();
    life.jump(-ms);
  };
}

const crashes: Act = (_promises, life) => life.crash();

const losesAccount: Act = async (promises, life) => {
  await life.settle();
  promises.hasAccount = false;
  promises.hadAccount = false;
  await life.removeAccount();
};

export const getsAccount: Act = async (promises, life) => {
  await life.settle();
  await life.putAccount();
  promises.hasAccount = true;
};

const person = fc.constantFrom(...PEOPLE);
const nth = fc.nat(20);
const turns = fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(9) });

function command<T>(arbitrary: fc.Arbitrary<T>, what: (given: T) => string, act: (given: T) => Act) {
  return fc.tuple(arbitrary, turns).map(([given, after]) => new Does(what(given), after, act(given)));
}
const plain = (what: string, act: Act) =>
  command(
    fc.constant(undefined),
    () => what,
    () => act,
  );

const mood = command(
  fc.record({ who: fc.constantFrom('provider' as const, 'workflow' as const), isQuick: fc.boolean() }),
  ({ who, isQuick }) => `the ${who} ${isQuick ? 'answers by itself' : 'waits'}`,
  ({ who, isQuick }) =>
    (_promises, life) =>
      void (life[who].isQuick = isQuick),
);
const write = command(
  fc.tuple(person, fc.integer({ min: 1, max: 3 })),
  ([who, count]) => `${who} writes ${count}`,
  ([who, count]) => writes(who, count),
);
const poison = command(
  person,
  (who) => `${who} writes what the workflow refuses`,
  (who) => writes(who, 1, true),
);
const send = command(
  fc.tuple(person, fc.boolean(), fc.constantFrom('reply' as const, 'campaign' as const), fc.boolean()),
  ([who, hold, purpose, twice]) => `${who} is sent a ${purpose}${hold ? ', held' : ''}${twice ? ', asked twice' : ''}`,
  (given) => isSent(...given),
);
const providerActs = command(
  fc.tuple(fc.constantFrom(...PROVIDER_ACTS), nth),
  ([how, which]) => `the provider ${how} (call ${which})`,
  (given) => provider(...given),
);
const misleading = command(
  fc.tuple(fc.constantFrom(...MISLEADING_NAMES), nth),
  ([how, which]) => `the provider takes and answers ${how} (call ${which})`,
  (given) => misleads(...given),
);
const statusComes = command(
  fc.tuple(nth, fc.nat(2), fc.option(fc.constantFrom(CLOSED, UNDELIVERABLE, PAYMENT), { nil: undefined, freq: 4 })),
  ([which, skip, failure]) => `a status of message ${which} (skips ${skip}, ${failure ?? 'no error'})`,
  (given) => status(...given),
);
const workflowActs = command(
  fc.tuple(nth, fc.oneof(fc.constant<WorkflowAnswer>('takes'), fc.constantFrom(...WORKFLOW_TROUBLES))),
  ([which, how]) => `the workflow ${how} (call ${which})`,
  (given) => workflow(...given),
);
const time = command(
  fc.constantFrom(1_000, 1_000, 5_000, 30_000, 60_000, 16 * 60_000, 25 * 3_600_000),
  (ms) => `${ms / 1_000} s pass`,
  passes,
);

const TEN_MINUTES_MS = 600_000;
const DAY_MS = 24 * 3_600_000;
const clockJumps = command(
  fc.oneof(
    fc.record({ ms: fc.constantFrom(TEN_MINUTES_MS, -TEN_MINUTES_MS, DAY_MS, -DAY_MS), comesBack: fc.constant(false) }),
    fc.record({ ms: fc.constantFrom(TEN_MINUTES_MS, 40 * DAY_MS, -40 * DAY_MS), comesBack: fc.constant(true) }),
  ),
  ({ ms, comesBack }) => `the clock jumps by ${ms / 1_000} s${comesBack ? ' and comes back' : ''}`,
  ({ ms, comesBack }) => jumps(ms, comesBack),
);

/** What happens more often stands here more often. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
  ...[
    write,
    write,
    write,
    send,
    send,
    send,
    providerActs,
    providerActs,
    misleading,
    statusComes,
    statusComes,
    workflowActs,
  ],
  ...[mood, poison, time, time, clockJumps, plain('the process is killed', crashes)],
  command(
    fc.tuple(nth, fc.boolean()),
    ([n, anew]) => `webhook ${n} again${anew ? ', wrapped anew' : ''}`,
    (given) => repeats(...given),
  ),
  command(nth, (n) => `send ${n} is asked again`, isSentAgain),
  command(fc.boolean(), (soft) => `the workflow ${soft ? 'is saved' : 'is switched off'}`, unsubscribes),
  plain('the workflow listens', subscribes),
  plain('the workflow listens', subscribes),
  plain('the account is deleted', losesAccount),
  plain('the account is put', getsAccount),
  plain('the account is put', getsAccount),
];
