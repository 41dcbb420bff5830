/** The demo as a user starts it, on what `npm test` has just built. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_DIR } from '../support/paths.ts';

const WITHIN_MS = 90_000;
/** Meta wants a minute's rest when it throttles a Page or an Instagram account. */
const ALL_WITHIN_MS = 210_000;

interface Run {
  code: number | null;
  output: string;
  /** What it left in the folder for temporary files. */
  left: string[];
}

/** Runs the demo to its end; `seen` may act on what was printed so far. */
async function demo(args: string[], seen: (output: string, kill: () => void) => void = () => undefined): Promise<Run> {
  const temporary = mkdtempSync(join(tmpdir(), 'parley-demo-test-'));
  const { NODE_OPTIONS: _, FORCE_COLOR: _colour, ...inherited } = process.env;
  const child = spawn(process.execPath, ['test/demo/main.ts', '--no-build', ...args], {
    cwd: PACKAGE_DIR,
    env: { ...inherited, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk.toString('utf8');
    seen(output, () => child.kill('SIGINT'));
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const left = readdirSync(temporary);
  rmSync(temporary, { recursive: true, force: true });
  return { code, output, left };
}

describe('the demo', () => {
  let run: Run;
  beforeAll(async () => {
    run = await demo([]);
  }, WITHIN_MS);

  test('ends well, prints nothing that does not belong there and leaves nothing behind', () => {
    expect(run).toMatchObject({ code: 0, left: [] });
    expect(run.output).not.toMatch(/warning|✗|\u001b/i);
  });

  test.each([
    ['what the customer writes', /Ana → Shop +Hi! When are you open\?/],
    ['the session window', /session window open until \w+/],
    ['the execution', /n8n +Customer Writes → Greet with Buttons +execution 1/],
    ['the greeting', /Shop → Ana +Hello Ana! What can we do for you\?\n +\[Opening hours\] \[Track my order\]/],
    ['the throttled attempt', /attempt 1 +throttled \(130429\)/],
    ['its repetition', /attempt 2 +again after [\d.]+ s: accepted/],
    ['the tap', /Ana → Shop +taps \[Opening hours\]/],
    ['the reply', /Shop → Ana +We are open Monday to Friday/],
    ['the lost answer', /attempt 1 +answer lost: uncertain, not repeated/],
    ['how it was settled', /status +settled by the status webhook [\d.]+ s later: sent/],
    ['the calls', /sends +3 calls: 1 throttled, 1 answer lost; accepted 1× and 1×/],
    ['duplicates', /duplicates +0\n/],
    ['losses', /lost +0\n/],
    ['executions', /executions +2 of 2 succeeded/],
  ])('tells %s', (_what, line) => {
    expect(run.output).toMatch(line);
  });
});

test(
  'a demo that is stopped half-way says so and leaves nothing behind',
  async () => {
    const run = await demo([], (output, kill) => {
      if (output.includes('throttled (130429)')) kill();
    });
    expect(run).toMatchObject({ code: 1, left: [] });
    expect(run.output).toContain('Stopped before the end.');
  },
  WITHIN_MS,
);

describe('on the other channels', () => {
  const runs = new Map<string, Run>();
  beforeAll(async () => {
    // Side by side: most of their time is waiting.
    const others = ['messenger', 'instagram', 'dialog360', 'twilio'];
    await Promise.all(others.map(async (channel) => runs.set(channel, await demo(['--channel', channel]))));
  }, ALL_WITHIN_MS);

  test.each<[string, RegExp[]]>([
    [
      'messenger',
      [/\[Opening hours\] \[Track my order\]/, /throttled \(613\)/, /taps \[Opening hours\]/, /settled by the echo/],
    ],
    [
      'instagram',
      [/\[Opening hours\] \[Track my order\]/, /throttled \(613\)/, /taps \[Opening hours\]/, /settled by the echo/],
    ],
    [
      'dialog360',
      [/Tap one of the buttons/, /throttled \(http_400\)/, /taps \[Opening hours\]/, /settled by the status webhook/],
    ],
    [
      'twilio',
      [
        /1\. Opening hours\n +2\. Track my order/,
        /throttled \(20429\)/,
        /answers by number: \[Opening hours\]/,
        /settled by asking Twilio/,
      ],
    ],
  ])('%s: the same story, in its own way', (channel, lines) => {
    const run = runs.get(channel);
    expect(run).toMatchObject({ code: 0, left: [] });
    for (const line of [...lines, /We are open Monday to Friday/, /duplicates +0\n/, /lost +0\n/]) {
      expect(run?.output).toMatch(line);
    }
  });

  test('one that does not exist is refused with those that do', async () => {
    const run = await demo(['--channel', 'telegraph']);
    expect(run).toMatchObject({ code: 1, left: [] });
    expect(run.output).toMatch(/no channel 'telegraph'.*whatsapp, messenger, instagram, dialog360, twilio/);
  });
});
