/** A service under test with all that belongs to it: its processes, the account that is written to, and the workflow that listens. */
import { Child } from './child.ts';
import type { CounterAnswer, CounterAsk } from './counter.ts';
import type { WebhookTarget } from './requests.ts';
import { ServiceUnderTest } from './service-under-test.ts';

export type Counter = Child<CounterAsk, CounterAnswer>;

export interface HarnessPlan {
  name: string;
  /** One for each process. */
  dataDirs: readonly string[];
  env?: Record<string, string>;
  nodeOptions?: readonly string[];
  providerPort: number;
  /** Events in one call of the workflow. */
  maxBatch: number;
}

export class Harness {
  readonly name: string;
  readonly processes: readonly ServiceUnderTest[];
  readonly target: WebhookTarget;
  readonly workflow: Counter;

  private constructor(name: string, processes: readonly ServiceUnderTest[], target: WebhookTarget, workflow: Counter) {
    this.name = name;
    this.processes = processes;
    this.target = target;
    this.workflow = workflow;
  }

  static async start({
    name,
    dataDirs,
    env = {},
    nodeOptions = [],
    providerPort,
    maxBatch,
  }: HarnessPlan): Promise<Harness> {
    const processes: ServiceUnderTest[] = [];
    for (const dataDir of dataDirs) processes.push(await ServiceUnderTest.start(dataDir, { env, nodeOptions }));
    const [first] = processes;
    if (first === undefined) throw new Error('A harness has at least one process');
    const target = await first.addAccount(providerPort);
    const workflow: Counter = new Child('./counter.ts');
    const { port } = await workflow.ask({ do: 'listen' });
    await first.subscribe(`http://127.0.0.1:${port}/webhook`, maxBatch);
    return new Harness(name, processes, target, workflow);
  }

  get ports(): number[] {
    return this.processes.map(({ port }) => port);
  }

  /** Seconds of processor time that its processes used so far. */
  async cpuSeconds(): Promise<number> {
    return this.#sum((service) => service.metric('parley_process_cpu_seconds_total'));
  }

  /** Of all its processes. */
  async memoryMb(): Promise<number> {
    return this.#sum((service) => service.memoryMb());
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((service) => service.stop()));
    await this.workflow.stop();
  }

  async #sum(of: (service: ServiceUnderTest) => Promise<number>): Promise<number> {
    const all = await Promise.all(this.processes.map(of));
    return all.reduce((sum, one) => sum + one, 0);
  }
}
