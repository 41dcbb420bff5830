import type { HttpReply } from './http-server.ts';

export const FAULT_KINDS = [
  'throttled',
  'recipient_throttled',
  'server_error',
  'unavailable',
  'maintenance',
  'token_expired',
  'answer_dropped',
  'answer_other',
  'answer_late',
  'connection_dropped',
  'slow',
] as const;

/** What can be made to go wrong, whatever the provider. */
export type FaultKind = (typeof FAULT_KINDS)[number];

type Answer = Extract<HttpReply, { status: number }>;

const PAGE = '<!doctype html><html><body><h1>Something went wrong</h1></body></html>';
const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html; charset=utf-8' };
const graph = (status: number, code: number, more: object = {}): Answer => ({
  ...{ status, body: { error: { message: `(#${code}) Something went wrong`, type: 'OAuthException', code, ...more } } },
});

/** What providers, and what stands before them, also answer to what was taken: none of it proves that nothing was sent. */
export const MISLEADING_ANSWERS = {
  'a bare 503': { status: 503, body: '' },
  'a 503 that says when': { status: 503, body: '', headers: { 'retry-after': '1' } },
  'a page with 503': { status: 503, body: PAGE, headers: html },
  'a bare 500': { status: 500, body: '' },
  'a 500 in text': { status: 500, body: 'upstream connect error', headers: { 'content-type': 'text/plain' } },
  'a 502': { status: 502, body: PAGE, headers: html },
  'a 504': { status: 504, body: 'Gateway Timeout', headers: { 'content-type': 'text/plain' } },
  'a bare 408': { status: 408, body: '' },
  'a page with 408': { status: 408, body: PAGE, headers: html },
  'a 499': { status: 499, body: '' },
  'a page with 200': { status: 200, body: PAGE, headers: html },
  'an empty 200': { status: 200, body: '' },
  'half an answer': { status: 200, body: '{"messaging_product":"whatsapp","messages":[{"id":"wam', headers: json },
  'a redirect': { status: 303, body: '', headers: { location: '/' } },
} as const satisfies Record<string, Answer>;

/** The same in the words of Meta's Graph API. */
export const MISLEADING_GRAPH_ANSWERS = {
  'code 2 with 500': graph(500, 2),
  'code 2 with 503': graph(503, 2, { is_transient: true }),
  'code 1 with 400': graph(400, 1),
  'code -1 with 500': graph(500, -1),
  'a passing error of an unknown code': graph(400, 999_999, { is_transient: true }),
} as const satisfies Record<string, Answer>;

/** One injected fault. */
export interface Fault {
  kind: FaultKind;
  /** How many requests it hits; 1 unless told. */
  times?: number;
  /** The operation it hits (`send` unless told), or `any`. */
  on?: string;
  /** `throttled`: the Retry-After header, in seconds; absent: no header. */
  retryAfterSeconds?: number;
  /** `maintenance`: the code of what passes, of the account unless told. */
  code?: number;
  /** `answer_other`: what is answered to what was taken. */
  answer?: Answer;
  /** `slow`: how long the request waits before anything is done with it. `answer_late`: how long its answer is held back. */
  delayMs?: number;
}

/** What goes out in place of the answer, where the fault is one of the answer alone: the request was carried out. */
export function answerInstead(fault: Fault | undefined): HttpReply | undefined {
  if (fault?.kind === 'answer_dropped') return { dropped: true };
  return fault?.kind === 'answer_other' ? (fault.answer ?? MISLEADING_ANSWERS['a bare 503']) : undefined;
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
