/** What the parts of the bench share: the plan, data folders, and the stand-in for the provider. */
import { join } from 'node:path';
import { Child } from './child.ts';
import type { Plan } from './plan.ts';
import { Rig, type Counter, type RigPlan } from './harness.ts';
import { Subject } from './service-under-test.ts';

type RigWish = Partial<Pick<RigPlan, 'name' | 'dataDirs' | 'env' | 'maxBatch'>>;

export class Bench {
  readonly plan: Plan;
  readonly provider: Counter;
  readonly providerPort: number;
  readonly #root: string;
  readonly #nodeOptions: readonly string[];
  #folders = 0;
  /** Webhooks that the embedded engine accepted per second, once that is known. */
  rate: number | undefined;

  private constructor(root: string, plan: Plan, nodeOptions: readonly string[], provider: Counter, port: number) {
    this.#root = root;
    this.plan = plan;
    this.#nodeOptions = nodeOptions;
    this.provider = provider;
    this.providerPort = port;
  }

  static async open(root: string, plan: Plan, nodeOptions: readonly string[]): Promise<Bench> {
    const provider: Counter = new Child('./counter.ts');
    const { port } = await provider.ask({ do: 'listen' });
    return new Bench(root, plan, nodeOptions, provider, port);
  }

  close(): Promise<void> {
    return this.provider.stop();
  }

  folder(): string {
    return join(this.#root, `data-${this.#folders++}`);
  }

  async withSubject<T>(use: (subject: Subject) => Promise<T>, dataDir = this.folder()): Promise<T> {
    const subject = await Subject.start(dataDir, { nodeOptions: this.#nodeOptions });
    try {
      return await use(subject);
    } finally {
      await subject.stop();
    }
  }

  /** Starts the services one after the other; each wish says what is special about it. */
  async withRigs<T>(wishes: readonly RigWish[], use: (rigs: readonly Rig[]) => Promise<T>): Promise<T> {
    const rigs: Rig[] = [];
    const usual = { name: 'embedded', maxBatch: 100, nodeOptions: this.#nodeOptions, providerPort: this.providerPort };
    try {
      for (const wish of wishes) rigs.push(await Rig.start({ ...usual, dataDirs: [this.folder()], ...wish }));
      return await use(rigs);
    } finally {
      await Promise.all(rigs.map((rig) => rig.stop()));
    }
  }
}
