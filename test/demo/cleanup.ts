/** The demo was stopped from outside (Ctrl-C, SIGTERM). */
export class Interrupted extends Error {
  constructor(signal: string) {
    super(`Stopped by ${signal}`);
    this.name = 'Interrupted';
  }
}

/** What has to be undone, last thing first. One step that fails does not keep the others from being done. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];
  #done: Promise<void> | undefined;

  /** Whatever is started says here how it is stopped. Throws `Interrupted`, after stopping it, when the end has begun. */
  async add(undo: () => unknown): Promise<void> {
    if (!this.#done) return void this.#steps.push(undo);
    await undo();
    throw new Interrupted('the end of the demo');
  }

  /** Undoes everything, once. */
  async run(): Promise<void> {
    this.#done ??= this.#runAll();
    await this.#done;
  }

  async #runAll(): Promise<void> {
    for (const undo of this.#steps.toReversed()) {
      try {
        await undo();
      } catch (error) {
        process.stderr.write(`While cleaning up: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
}
