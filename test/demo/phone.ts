import { setTimeout as pause } from 'node:timers/promises';
import type { StandIn } from '../support/customers.ts';
import type { DemoChannel } from './channels.ts';
import type { Cleanup } from './cleanup.ts';

export interface Phones {
  /** The next message reaches its phone only after this. */
  hold(until: Promise<unknown>): void;
}

/** The customers' phones: everything the stand-in accepts is delivered and read after a moment. */
export async function switchOnPhones(standIn: StandIn, { steps }: DemoChannel, cleanup: Cleanup): Promise<Phones> {
  const off = new AbortController();
  let held: Promise<unknown> = Promise.resolve();
  const receive = async (messageId: string, after: Promise<unknown>) => {
    await after;
    for (const [status, afterMs] of steps) {
      // An aborted pause just ends early: the phone is off then.
      await pause(afterMs, undefined, { signal: off.signal }).catch(() => undefined);
      if (off.signal.aborted) return;
      standIn.postStatus(messageId, status);
    }
  };
  let seen = 0;
  const timer = setInterval(() => {
    const fresh = standIn.accepted().slice(seen);
    seen += fresh.length;
    for (const id of fresh) void receive(id, held);
    if (fresh.length > 0) held = Promise.resolve();
  }, 25);
  await cleanup.add(() => {
    clearInterval(timer);
    off.abort();
  });
  return { hold: (until) => (held = until) };
}
