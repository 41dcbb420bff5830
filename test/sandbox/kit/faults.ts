/** What can be made to go wrong, whatever the provider. */
export type FaultKind =
  | 'throttled'
  | 'recipient_throttled'
  | 'server_error'
  | 'unavailable'
  | 'token_expired'
  | 'answer_dropped'
  | 'answer_late'
  | 'connection_dropped'
  | 'slow';

export const FAULT_KINDS: readonly FaultKind[] = [
  'throttled',
  'recipient_throttled',
  'server_error',
  'unavailable',
  'token_expired',
  'answer_dropped',
  'answer_late',
  'connection_dropped',
  'slow',
];

/** One injected fault. */
export interface Fault {
  kind: FaultKind;
  /** How many requests it hits; 1 unless told. */
  times?: number;
  /** The operation it hits (`send` unless told), or `any`. */
  on?: string;
  /** `throttled`: the Retry-After header, in seconds; absent: no header. */
  retryAfterSeconds?: number;
  /** `slow`: how long the request waits before anything is done with it. `answer_late`: how long its answer is held back. */
  delayMs?: number;
}

/** Faults waiting for the requests they shall hit, first in, first out per operation. */
export class FaultQueue {
  #waiting: (Fault & { left: number })[] = [];

  /** Queues a fault for the next matching requests. Throws on an unknown kind. */
  next(fault: Fault): void {
    if (!FAULT_KINDS.includes(fault.kind)) throw new Error(`Unknown fault kind; one of ${FAULT_KINDS.join(', ')}`);
    this.#waiting.push({ ...fault, left: fault.times ?? 1 });
  }

  /** Takes the fault for a request of this operation, if one waits. */
  take(operation: string): Fault | undefined {
    const fault = this.#waiting.find(({ on = 'send' }) => on === operation || on === 'any');
    if (!fault) return undefined;
    fault.left -= 1;
    if (fault.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== fault);
    return fault;
  }

  /** Faults that have not hit anything yet. */
  pending(): number {
    return this.#waiting.reduce((sum, fault) => sum + fault.left, 0);
  }

  clear(): void {
    this.#waiting = [];
  }
}
