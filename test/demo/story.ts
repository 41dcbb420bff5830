/** What happens: a customer writes and taps, while WhatsApp's stand-in throttles once and loses one answer. */
import { setTimeout as pause } from 'node:timers/promises';
import type { AcceptedMessage } from '../sandbox/whatsapp/world.ts';
import type { Stage } from './stage.ts';

const CUSTOMER = { from: '15550001111', name: 'Ana' };
const PATIENCE_MS = 30_000;
const READING_MS = 800;
/** After the end it is watched this long whether anything comes twice. */
const AFTERMATH_MS = 1_200;

/** What was told, to be held against what came. */
export interface Story {
  /** The provider's ids of what the customer sent. */
  customerMessages: string[];
  /** What the customer got. */
  greeting: AcceptedMessage;
}

async function until<T>(what: string, probe: () => T | undefined): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`${what} within ${String(PATIENCE_MS / 1000)} s: it did not happen`);
    await pause(25);
  }
}

/** Waits until the customer has read the n-th message, and the service has heard of it. */
async function read({ sandbox, follower }: Stage, count: number): Promise<AcceptedMessage> {
  const what = `Message ${String(count)} of the workflow is read by the customer`;
  return await until(what, () => {
    const known = follower.outbound();
    const failed = known.find(({ status }) => status === 'failed' || status === 'unknown');
    if (failed) throw new Error(`Message ${failed.id} is ${failed.status}: ${failed.error?.message ?? ''}`);
    const isRead = known.filter(({ status }) => status === 'read').length >= count;
    return isRead ? sandbox.listReceivedMessages()[count - 1] : undefined;
  });
}

export async function tellStory(stage: Stage): Promise<Story> {
  const { sandbox, transcript } = stage;
  const announce = (text: string) => transcript.noted(Date.now(), 'sandbox', text);
  announce('will throttle the next send');
  sandbox.faults.next({ kind: 'throttled' });
  const hello = await sandbox.customer.sends({ ...CUSTOMER, text: 'Hi! When are you open?' });
  const greeting = await read(stage, 1);
  await pause(READING_MS);
  announce('will accept the next send, then cut the connection before it answers');
  sandbox.faults.next({ kind: 'answer_dropped' });
  const tap = await sandbox.customer.taps({ messageId: greeting.id, choice: 'hours' });
  await read(stage, 2);
  await pause(AFTERMATH_MS);
  transcript.flush();
  return { customerMessages: [hello.id, tap.id], greeting };
}
