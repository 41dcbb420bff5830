/** What the demo prints besides the transcript: headings, steps with their progress. `styleText` drops colours off a terminal. */
import { styleText } from 'node:util';

type Tone = Parameters<typeof styleText>[0];

/** Text in a tone, plain where the output is no terminal or NO_COLOR is set. */
export const paint = (tone: Tone, text: string): string => styleText(tone, text, { stream: process.stdout });

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const LABEL_WIDTH = 26;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Does `work` under a label: a running clock on a terminal, a line every few seconds elsewhere, and a tick with its result. */
export async function step<T>(label: string, work: () => Promise<T>, result: (value: T) => string): Promise<T> {
  const startedAt = performance.now();
  const isTerminal = process.stdout.isTTY === true;
  let frame = 0;
  const show = () => {
    const elapsed = seconds(performance.now() - startedAt);
    const spinner = isTerminal ? (FRAMES[frame++ % FRAMES.length] ?? '') : '…';
    process.stdout.write(
      `${isTerminal ? '\r' : ''}  ${paint('cyan', spinner)} ${label.padEnd(LABEL_WIDTH)} ${elapsed}`,
    );
    if (!isTerminal) print();
  };
  const clear = () => process.stdout.write(isTerminal ? '\r\u001b[K' : '');
  const timer = setInterval(show, isTerminal ? 100 : 3_000);
  try {
    const value = await work();
    clear();
    print(`  ${paint('green', '✓')} ${label.padEnd(LABEL_WIDTH)} ${paint('dim', result(value))}`);
    return value;
  } catch (error) {
    clear();
    print(`  ${paint('red', '✗')} ${label}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
