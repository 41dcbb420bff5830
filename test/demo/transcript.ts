import { paint, print } from './terminal.ts';

/** What is told comes from several sources, each a little late: lines wait this long, so that they are printed in order of time. */
const LAG_MS = 300;
const WHO_WIDTH = 14;
const INDENT = ' '.repeat(2 + '00:00:00.0'.length + 2);

interface Entry {
  at: number;
  who: string;
  lines: string[];
}

/** `10:07:21.4`, local time. */
export function timeOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const tenth = Math.floor(date.getMilliseconds() / 100);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(tenth)}`;
}

/** The live transcript: one line or a few for each thing that happened, in order of time. */
export class Transcript {
  #waiting: Entry[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#print(Date.now() - LAG_MS), 50);
  }

  /** Somebody says something. */
  said(at: number, who: string, ...lines: string[]): void {
    this.#waiting.push({ at, who: paint('bold', who.padEnd(WHO_WIDTH)), lines });
  }

  /** What happens around it. */
  noted(at: number, who: string, ...lines: string[]): void {
    this.#waiting.push({ at, who: paint('dim', who.padEnd(WHO_WIDTH)), lines });
  }

  /** Prints what still waits. */
  flush(): void {
    this.#print(Infinity);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.flush();
  }

  #print(until: number): void {
    const due = this.#waiting.filter(({ at }) => at <= until).toSorted((one, other) => one.at - other.at);
    this.#waiting = this.#waiting.filter(({ at }) => at > until);
    for (const { at, who, lines } of due) {
      const [first = '', ...rest] = lines;
      print(`  ${paint('dim', timeOf(at))}  ${who}  ${first}`);
      for (const line of rest) print(`${INDENT}${' '.repeat(WHO_WIDTH)}  ${line}`);
    }
  }
}
