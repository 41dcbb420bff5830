/** A service under test with all that belongs to it: its processes, the account that is written to, and the workflow that listens. */
import { Child } from './child.ts';
import type { CounterAnswer, CounterAsk } from './counter.ts';
import type { WebhookTarget } from './requests.ts';
import { Subject } from './service-under-test.ts';

export type Counter = Child<CounterAsk, CounterAnswer>;

export interface RigPlan {
  name: string;
  /** One for each process. */
  dataDirs: readonly string[];
  env?: Record<string, string>;
  nodeOptions?: readonly string[];
  providerPort: number;
  /** Events in one call of the workflow. */
  maxBatch: number;
}

export class Rig {
  readonly name: string;
  readonly processes: readonly Subject[];
  readonly target: WebhookTarget;
  readonly workflow: Counter;

  private constructor(name: string, processes: readonly Subject[], target: WebhookTarget, workflow: Counter) {
    this.name = name;
    this.processes = processes;
    this.target = target;
    this.workflow = workflow;
  }

  static async start({ name, dataDirs, env = {}, nodeOptions = [], providerPort, maxBatch }: RigPlan): Promise<Rig> {
    const processes: Subject[] = [];
    for (const dataDir of dataDirs) processes.push(await Subject.start(dataDir, { env, nodeOptions }));
    const [first] = processes;
    if (first === undefined) throw new Error('A rig has at least one process');
    const target = await first.addAccount(providerPort);
    const workflow: Counter = new Child('./counter.ts');
    const { port } = await workflow.ask({ do: 'listen' });
    await first.subscribe(`http://127.0.0.1:${port}/webhook`, maxBatch);
    return new Rig(name, processes, target, workflow);
  }

  get ports(): number[] {
    return this.processes.map(({ port }) => port);
  }

  /** Seconds of processor time that its processes used so far. */
  async cpuSeconds(): Promise<number> {
    return this.#sum((subject) => subject.metric('parley_process_cpu_seconds_total'));
  }

  /** Of all its processes. */
  async memoryMb(): Promise<number> {
    return this.#sum((subject) => subject.memoryMb());
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((subject) => subject.stop()));
    await this.workflow.stop();
  }

  async #sum(of: (subject: Subject) => Promise<number>): Promise<number> {
    const all = await Promise.all(this.processes.map(of));
    return all.reduce((sum, one) => sum + one, 0);
  }
}
