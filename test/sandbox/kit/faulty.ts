import { setTimeout as pause } from 'node:timers/promises';
import { answerInstead, type Fault, type FaultQueue } from './faults.ts';
import type { HttpReply } from './http-server.ts';

/** How a request was answered: what it asked for, as fault injection calls it, and the fault that hit it, if any. */
export interface Answered {
  reply: HttpReply;
  operation: string;
  fault?: string;
}

/** Answers a request with the fault that waits for its operation: `answer` is told which, and refuses what the provider would refuse. */
export async function withFault(
  faults: FaultQueue,
  operation: string,
  answer: (fault: Fault | undefined) => Promise<HttpReply> | HttpReply,
): Promise<Answered> {
  const fault = faults.take(operation);
  const told = { operation, ...(fault && { fault: fault.kind }) };
  if (fault?.kind === 'connection_dropped') return { reply: { dropped: true }, ...told };
  if (fault?.kind === 'slow') await hold(fault);
  const reply = await answer(fault);
  if (fault?.kind === 'answer_late') await hold(fault);
  return { reply: answerInstead(fault) ?? reply, ...told };
}

/** Waits as long as a fault says. */
const hold = ({ delayMs = 1_000 }: Fault) => pause(delayMs, undefined, { ref: false });
