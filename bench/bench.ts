/** What the parts of the bench share: the plan, data folders, and the stand-in for the provider. */
import { join } from 'node:path';
import { Child } from './child.ts';
import type { Plan } from './plan.ts';
import { Harness, type Counter, type HarnessPlan } from './harness.ts';
import { ServiceUnderTest } from './service-under-test.ts';

type HarnessWish = Partial<Pick<HarnessPlan, 'name' | 'dataDirs' | 'env' | 'maxBatch'>>;

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

  async withService<T>(use: (service: ServiceUnderTest) => Promise<T>, dataDir = this.folder()): Promise<T> {
    const service = await ServiceUnderTest.start(dataDir, { nodeOptions: this.#nodeOptions });
    try {
      return await use(service);
    } finally {
      await service.stop();
    }
  }

  /** Starts the services one after the other; each wish says what is special about it. */
  async withHarnesses<T>(
    wishes: readonly HarnessWish[],
    use: (harnesses: readonly Harness[]) => Promise<T>,
  ): Promise<T> {
    const harnesses: Harness[] = [];
    const usual = { name: 'embedded', maxBatch: 100, nodeOptions: this.#nodeOptions, providerPort: this.providerPort };
    try {
      for (const wish of wishes) harnesses.push(await Harness.start({ ...usual, dataDirs: [this.folder()], ...wish }));
      return await use(harnesses);
    } finally {
      await Promise.all(harnesses.map((harness) => harness.stop()));
    }
  }
}
