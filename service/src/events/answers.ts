/** Reads what the answer to a delivery says: whether it was taken, and else what that says of the events and of the receiver. Pure. */
import { CONFIRMATION } from '../../../contract/signature.ts';
import type { HttpResponse } from '../core/http.ts';

/**
 * Says what became of a call. `taken`: the receiver has the events. `too_large`: the call was, for the receiver or a proxy before it. `refused`: an answer that may be about the
 * events. `away`: nobody answered who would know them. `gone`: there will never be anybody.
 */
export type Outcome = 'taken' | 'too_large' | 'refused' | 'away' | 'gone';

/** Tells what an answer means, and in a few words why. */
export interface Reading {
  outcome: Outcome;
  reason: string;
}

/** Says how the receiver answers. */
export interface Receiver {
  /** It repeats the id of what it took. */
  confirms: boolean;
  /** It is an execution that waits. */
  once: boolean;
}

/**
 * Lists statuses that say nothing of the events: the caller is not let in, the address leads nowhere, or a proxy does not reach what is behind it. 52x and
 * 530 are Cloudflare's (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/).
 */
const AWAY: ReadonlySet<number> = new Set([
  ...[401, 404, 405, 407, 408, 421, 425, 429],
  ...[502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530],
]);

/** Reads the answer to the delivery of this id. */
export function readAnswer(answer: HttpResponse, receiver: Receiver, deliveryId: string): Reading {
  const { status } = answer;
  const reason = `The receiver answered ${status}`;
  const ofExecution = receiver.once ? readExecution(answer) : undefined;
  if (ofExecution !== undefined) return ofExecution;
  if (status >= 200 && status < 300) return readSuccess(answer, receiver, deliveryId);
  if (status === 410) return { outcome: 'gone', reason: 'gone' };
  if (status === 413) return { outcome: 'too_large', reason };
  return { outcome: status < 400 || AWAY.has(status) ? 'away' : 'refused', reason };
}

function readSuccess({ status, headers, body }: HttpResponse, { confirms }: Receiver, id: string): Reading {
  if (headers[CONFIRMATION] === id || memberOf(body, CONFIRMATION) === id) return { outcome: 'taken', reason: '' };
  if (isPage(headers['content-type'] ?? '', body)) {
    return { outcome: 'away', reason: `The receiver answered ${status} with a page` };
  }
  if (!confirms) return { outcome: 'taken', reason: '' };
  return { outcome: 'away', reason: `The receiver answered ${status} without confirming the delivery` };
}

/** Recognises what n8n answers while its database is not ready for it (`abstract-server.ts`); it labels every text as HTML. */
const STARTING = /^n8n is starting up\b/i;
const MARKUP = /<[a-z!/]/i;
const DOCUMENT = /^\s*<(!doctype|html|head|body)\b/i;

/** Recognises a page for people: n8n that starts, a log-in, a proxy. A short text or nothing at all is none, whatever its type: many servers answer so. */
function isPage(contentType: string, body: unknown): boolean {
  if (typeof body !== 'string') return false;
  return DOCUMENT.test(body) || STARTING.test(body) || (/html/i.test(contentType) && MARKUP.test(body));
}

/** Describes an answer of n8n itself on a resume URL (`waiting-webhooks.ts`): what a proxy answers with the same status says nothing of the execution. */
interface ExecutionAnswer extends Reading {
  status: number;
  words: RegExp;
}

const EXECUTION_ANSWERS: readonly ExecutionAnswer[] = [
  // n8n still parks it, or somebody else resumed it.
  { status: 409, words: /is running already/i, outcome: 'refused', reason: 'execution running' },
  { status: 409, words: /has finished with error/i, outcome: 'gone', reason: 'execution failed' },
  { status: 409, words: /has finished/i, outcome: 'gone', reason: 'execution finished' },
  { status: 404, words: /^the execution .* does not exist/i, outcome: 'gone', reason: 'execution unknown' },
  { status: 404, words: /does not contain a waiting webhook/i, outcome: 'gone', reason: 'execution elsewhere' },
  { status: 404, words: /could not find node to process webhook/i, outcome: 'gone', reason: 'execution elsewhere' },
  { status: 401, words: /^invalid token$/i, outcome: 'gone', reason: 'signature refused' },
];
/** n8n shows it to who opens the URL of an execution that finished, or that waits elsewhere by now. */
const NO_ACTION = /<title>\s*No action required\s*<\/title>/i;

function readExecution({ status, body }: HttpResponse): Reading | undefined {
  if (status === 200 && typeof body === 'string' && NO_ACTION.test(body)) {
    return { outcome: 'gone', reason: 'execution finished' };
  }
  const said = memberOf(body, 'message') ?? memberOf(body, 'error');
  if (said === undefined) return undefined;
  return EXECUTION_ANSWERS.find((one) => one.status === status && one.words.test(said));
}

/** Reads a text of a JSON body. */
function memberOf(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = (body as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}
