/** The demo from its first step to its last. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWhatIsStale, requireBuilt } from './build.ts';
import type { DemoChannel } from './channels.ts';
import { Cleanup, Interrupted } from './cleanup.ts';
import { printWhatToTry } from './keep.ts';
import { troubleIn } from './service-process.ts';
import { setStage, type Stage } from './stage.ts';
import { tellStory } from './story.ts';
import { examine, printSummary } from './summary.ts';
import { paint, print } from './terminal.ts';

export interface DemoOptions {
  /** Stay up after the story. */
  keep: boolean;
  /** Build what is stale first. */
  build: boolean;
  channel: DemoChannel;
}

/** A folder for all that the demo writes, n8n's engine included; it goes away with the process, whatever happens. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.env['TMPDIR'] = folder;
  return folder;
}

/** Rejects with `Interrupted` on the first signal; npm may pass on a second one, which changes nothing. */
async function interruption(): Promise<never> {
  return await new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => reject(new Interrupted(signal)));
    }
  });
}

async function play(stage: Stage): Promise<{ isRight: boolean; story: Awaited<ReturnType<typeof tellStory>> }> {
  print(`\n${paint('bold', 'Transcript')}`);
  const startedAt = performance.now();
  const story = await Promise.race([tellStory(stage), stage.broken]);
  const findings = examine(stage, story, performance.now() - startedAt);
  printSummary(findings);
  return { isRight: findings.problems.length === 0, story };
}

function explain(error: unknown, folder: string): void {
  print(`\n  ${paint('red', '✗')} ${error instanceof Error ? error.message : String(error)}`);
  const log = join(folder, 'service.log');
  const trouble = existsSync(log) ? troubleIn(log) : '';
  if (trouble !== '') print(`\n  The service's log says:\n${trouble}`);
}

/** Answers the process's exit code. */
export async function runDemo({ keep, build, channel }: DemoOptions): Promise<number> {
  const interrupted = interruption();
  const folder = makeFolder();
  const cleanup = new Cleanup();
  let isKept = false;
  const demo = async (): Promise<number> => {
    print(`${paint('bold', 'Parley demo')}: ${channel.title} through n8n, end to end, on this machine\n`);
    if (build) await buildWhatIsStale(cleanup);
    else requireBuilt();
    const stage = await setStage(folder, channel, cleanup);
    const { isRight, story } = await play(stage);
    if (!keep || !isRight) return isRight ? 0 : 1;
    isKept = true;
    printWhatToTry(stage, story);
    return await stage.broken;
  };
  try {
    return await Promise.race([demo(), interrupted]);
  } catch (error) {
    if (!(error instanceof Interrupted)) explain(error, folder);
    else if (!isKept) print('\n  Stopped before the end.');
    return error instanceof Interrupted && isKept ? 0 : 1;
  } finally {
    await cleanup.run();
    if (isKept) print('\n  Everything is stopped and removed.');
  }
}
