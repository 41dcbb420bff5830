import { setTimeout as pause } from 'node:timers/promises';
import type { WhatsAppSandbox } from '../sandbox/whatsapp/sandbox.ts';
import type { StatusName } from '../sandbox/whatsapp/defaults.ts';
import type { Cleanup } from './cleanup.ts';

/** What happens on the way to a phone and on it, and how long each takes: slowly enough to be followed. */
const STEPS: [StatusName, number][] = [
  ['sent', 700],
  ['delivered', 300],
  ['read', 600],
];

/** The customers' phones: everything the sandbox accepts is delivered and read after a moment. */
export async function switchOnPhones(sandbox: WhatsAppSandbox, cleanup: Cleanup): Promise<void> {
  const off = new AbortController();
  const receive = async (messageId: string) => {
    for (const [status, afterMs] of STEPS) {
      // An aborted pause just ends early: the phone is off then.
      await pause(afterMs, undefined, { signal: off.signal }).catch(() => undefined);
      if (off.signal.aborted) return;
      sandbox.postStatus(messageId, status);
    }
  };
  let seen = 0;
  const timer = setInterval(() => {
    const fresh = sandbox.listReceivedMessages().slice(seen);
    seen += fresh.length;
    for (const { id } of fresh) void receive(id);
  }, 25);
  await cleanup.add(() => {
    clearInterval(timer);
    off.abort();
  });
}
