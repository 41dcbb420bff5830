/** Makes trouble as planned: one thing after the other on the same part, several parts at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { deferred } from '../sandbox/kit/deferred.ts';
import type { FaultKind } from '../sandbox/kit/faults.ts';
import type { TcpGate } from '../support/tcp-gate.ts';
import type { Engine } from './engine.ts';
import type { Fact, Journal } from './journal.ts';
import type { MachineClock } from './machine-clock.ts';
import type { Aim, Planned, Step } from './plan.ts';
import type { Provider } from './provider.ts';
import type { Random } from './random.ts';
import type { Unit } from './unit.ts';
import type { Workflow } from './workflow.ts';

/** So long a kill waits for the moment it is meant for. */
const AIM_MS = 1_500;
/** So long the provider dwells on what a kill is aimed at. */
const DWELL_MS = 120;
const LOOK_MS = 3;

export interface Target {
  engine: Engine;
  provider: Provider;
  workflows: readonly Workflow[];
  /** Between everybody outside and the service. */
  front: TcpGate;
  /** What the service's processes take for the time. */
  clock: MachineClock;
  /** Workflows for which somebody is to write what they refuse. */
  poison: string[];
  /** What the account's owner does: saves it again. */
  saveAccount(): Promise<void>;
  journal: Journal;
  random: Random;
}

export class Trouble {
  /** How often each thing was done, by what it was in words. */
  readonly done = new Map<string, number>();
  kills = 0;
  readonly #target: Target;
  /** By part: what is being done to it. */
  readonly #busy = new Map<string, Promise<void>>();
  #failure: unknown;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Resolves when the step has begun, which is when its part is free. Throws when an earlier one could not be carried out. */
  async make(step: Planned): Promise<void> {
    await pause(step.pauseMs);
    const part = this.#partOf(step);
    await this.#busy.get(part);
    if (this.#failure !== undefined) throw this.#failure;
    const name = nameOf(step);
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
    const work = this.#carryOut(step).catch((error: unknown) => void (this.#failure ??= error));
    this.#busy.set(part, work);
  }

  /** Everything is mended again. */
  async end(): Promise<void> {
    await Promise.all(this.#busy.values());
    this.#target.provider.sandbox.faults.clear();
    // What was refused at the very end may have paused the account once more.
    await this.#target.saveAccount();
    if (this.#failure !== undefined) throw this.#failure;
    this.#say('the faults are over');
  }

  #partOf(step: Step): string {
    if ('unit' in step) return `unit ${step.unit}`;
    if ('workflow' in step) return `workflow ${step.workflow}`;
    if ('server' in step) return `server ${step.server}`;
    return step.do.startsWith('provider is') || step.do === 'answers get lost' ? 'wire' : step.do;
  }

  async #carryOut(step: Step): Promise<void> {
    const { engine, provider, front, workflows } = this.#target;
    switch (step.do) {
      case 'kill':
        return this.#kill(engine.units[step.unit] as Unit, step);
      case 'stop':
        return this.#stop(engine.units[step.unit] as Unit, step.forMs);
      case 'end':
        return this.#end(engine.units[step.unit] as Unit);
      case 'provider fails':
        this.#say(`the provider: ${step.how}, ${step.fault.times} times`);
        return provider.sandbox.faults.next(step.fault);
      case 'provider is away':
        return this.#during(step.do, step.forMs, provider.wire.goDown, provider.wire.comeUp);
      case 'provider resets':
        this.#say('connections to the provider are reset');
        return provider.wire.cut();
      case 'answers get lost':
        return this.#loseAnswers(step.forMs);
      case 'token expires':
        return this.#during(
          'the token is refused',
          step.forMs,
          async () => provider.sandbox.faults.next({ kind: 'token_expired', times: 2 }),
          () => this.#target.saveAccount(),
        );
      case 'service is cut off':
        this.#say('connections to the service are reset');
        return front.cut();
      case 'workflow fails': {
        const workflow = workflows[step.workflow] as Workflow;
        const what = `${workflow.name} is ${step.mood}`;
        return this.#during(
          what,
          step.forMs,
          () => workflow.is(step.mood),
          () => workflow.is('well'),
        );
      }
      case 'poison is written':
        return void this.#target.poison.push((workflows[step.workflow] as Workflow).name);
      case 'clock jumps':
        this.#say(`the clock jumps by ${step.byMs} ms`);
        return this.#target.clock.jump(step.byMs);
      case 'server fails':
        return this.#serverFails(step);
    }
  }

  async #kill(unit: Unit, { aim, delayMs, downMs, againMs, lifeMs }: Extract<Step, { do: 'kill' }>): Promise<void> {
    await this.#wait(aim);
    await pause(delayMs);
    await this.#killNow(unit, aim);
    await pause(downMs);
    let { ready } = unit.start();
    if (againMs !== undefined) {
      await Promise.race([pause(againMs), ready]);
      await this.#killNow(unit, 'while it starts');
      await ready;
      ({ ready } = unit.start());
    }
    await ready;
    this.#say(`${unit.name} is back`);
    await pause(lifeMs);
  }

  async #killNow(unit: Unit, when: string): Promise<void> {
    this.kills++;
    this.#say(`kill -9 ${unit.name} (${when})`);
    await unit.end('SIGKILL');
  }

  async #stop(unit: Unit, forMs: number): Promise<void> {
    await this.#during(
      `${unit.name} is stopped`,
      forMs,
      async () => unit.pause(),
      async () => unit.resume(),
    );
  }

  async #end(unit: Unit): Promise<void> {
    this.#say(`SIGTERM ${unit.name}`);
    await unit.end('SIGTERM');
    await unit.start().ready;
    this.#say(`${unit.name} is back`);
  }

  async #loseAnswers(forMs: number): Promise<void> {
    const { wire } = this.#target.provider;
    const held = deferred<undefined>();
    await this.#during(
      'answers of the provider get lost',
      forMs,
      async () => void (wire.hold = held.promise),
      async () => {
        wire.cut();
        wire.hold = undefined;
        held.resolve(undefined);
      },
    );
  }

  async #serverFails({ server, fault }: Extract<Step, { do: 'server fails' }>): Promise<void> {
    const broken = this.#target.engine.servers[server];
    if (broken === undefined) return;
    if (broken.kills.includes(fault)) this.kills++;
    this.#say(`${broken.name}: ${fault}`);
    await broken.faults[fault]?.(this.#target.random.fork(fault));
    this.#say(`${broken.name} is back`);
  }

  async #during(what: string, forMs: number, begin: () => Promise<void>, end: () => Promise<void>): Promise<void> {
    this.#say(`${what}, for ${forMs} ms`);
    await begin();
    await pause(forMs);
    await end();
    this.#say(`${what}: over`);
  }

  /** Resolves at the moment that is aimed at, or when it does not come. */
  async #wait(aim: Aim): Promise<void> {
    const { faults } = this.#target.provider.sandbox;
    const kinds: Partial<Record<Aim, FaultKind>> = { 'provider is called': 'slow', 'provider took': 'answer_late' };
    const facts: Partial<Record<Aim, Fact['what']>> = {
      'webhook arrives': 'wrote',
      'send is asked': 'asked',
      'workflow is called': 'called',
    };
    const { [aim]: kind } = kinds;
    if (kind !== undefined) {
      faults.next({ kind, delayMs: DWELL_MS });
      const waiting = faults.pending();
      await this.#until(() => faults.pending() < waiting);
    }
    const { [aim]: fact } = facts;
    let noted = fact === undefined;
    const stop = this.#target.journal.listen(({ what }) => (noted ||= what === fact));
    await this.#until(() => noted);
    stop();
  }

  async #until(isTrue: () => boolean): Promise<void> {
    const endsAt = performance.now() + AIM_MS;
    while (!isTrue() && performance.now() < endsAt) await pause(LOOK_MS);
  }

  #say(fault: string): void {
    this.#target.journal.note({ what: 'fault', fault });
  }
}

function nameOf(step: Step): string {
  if (step.do === 'provider fails') return `provider: ${step.how}`;
  if (step.do === 'workflow fails') return `workflow: ${step.mood}`;
  if (step.do === 'clock jumps') return `clock ${step.byMs < 0 ? 'back' : 'forth'}`;
  return step.do;
}
