/** Tells waiting tests that something happened, so that nobody has to poll. */
export class ChangeSignal {
  readonly #listeners = new Set<() => void>();

  /** Call after every change that a waiter could be waiting for. */
  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /**
   * Resolves with the probe's first truthy result; the probe runs at once and after every change.
   * Rejects after `timeoutMs` naming `what`, or with what the probe throws.
   */
  waitFor<T>(probe: () => T | undefined | null | false, timeoutMs = 5_000, what = 'the condition'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(check);
        settle();
      };
      const check = () => {
        try {
          const found = probe();
          if (found) finish(() => resolve(found));
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`Waited ${timeoutMs} ms in vain for ${what}`))),
        timeoutMs,
      );
      this.#listeners.add(check);
      check();
    });
  }
}
