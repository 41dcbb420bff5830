/** Processes of the bench: each part runs in its own, so that none takes time from another's event loop. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A helper process that answers each message with one message. */
export class Child<Ask, Answer> {
  readonly #process: ChildProcess;

  constructor(file: string) {
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: 'inherit' });
  }

  async ask(question: Ask): Promise<Answer> {
    const answered = new AbortController();
    const { signal } = answered;
    const answer = once(this.#process, 'message', { signal }) as Promise<[Answer]>;
    const ended = once(this.#process, 'exit', { signal }).then(() => {
      throw new Error('A process of the bench ended early');
    });
    this.#process.send(question as object);
    try {
      return (await Promise.race([answer, ended]))[0];
    } finally {
      ended.catch(() => undefined);
      answered.abort();
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }
}

/** The other side: answers what `Child.ask` asks. */
export function answering<Ask, Answer>(answer: (question: Ask) => Promise<Answer> | Answer): void {
  process.on('message', (question: Ask) => {
    void Promise.resolve(answer(question)).then((value) => process.send?.(value as object));
  });
}
