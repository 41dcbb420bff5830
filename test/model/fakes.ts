/** The two sides the service talks to, as far as HTTP goes: calls arrive and stay open until a command says how they end. */
import type { HttpRequest, HttpResponse, ProviderHttp } from '../../service/src/core/http.ts';
import { SendError } from '../../service/src/core/errors.ts';
import type { DeliveryBody, ParleyEvent } from '../../contract/event.ts';
import { deferred, type Deferred } from '../sandbox/kit/deferred.ts';
import { MISLEADING_ANSWERS, MISLEADING_GRAPH_ANSWERS } from '../sandbox/kit/faults.ts';
import { objectOf } from '../sandbox/kit/json.ts';

/** A message that the provider took. */
export interface Taken {
  providerId: string;
  /** The service's id of the message. */
  id: string;
  key: string;
  person: string;
  /** The process that asked was dead by then: its request was still on the way. */
  isLate: boolean;
  /** Statuses posted so far. */
  statuses: string[];
  /** Refused after all, as the session was closed: nothing went out. */
  isRefused: boolean;
}

interface OpenCall {
  /** Number of the process that called. */
  process: number;
  answer: Deferred<HttpResponse | Error>;
}

export interface SendCall extends OpenCall {
  id: string;
  key: string;
  person: string;
  taken?: Taken;
}

/** How a provider answers what it did not take. */
export const REFUSALS = [
  'throttles',
  'is unavailable',
  'is in maintenance',
  'rejects',
  'knows the token no more',
  'is not reached',
] as const;
export type Refusal = (typeof REFUSALS)[number];

const GRAPH_ERRORS: Record<Exclude<Refusal, 'is not reached'>, { status: number; code: number }> = {
  throttles: { status: 400, code: 130429 },
  'is unavailable': { status: 503, code: 131016 },
  'is in maintenance': { status: 500, code: 131057 },
  rejects: { status: 400, code: 131026 },
  'knows the token no more': { status: 401, code: 190 },
};

/** How a provider answers what it took, so that nobody may think that it did not: the last are refusals in its own words. */
const MISLEADING = {
  ...MISLEADING_ANSWERS,
  ...MISLEADING_GRAPH_ANSWERS,
  'a refusal': { status: 400, body: { error: { message: 'no', type: 'OAuthException', code: 131026 } } },
} as const;
export type Misleading = keyof typeof MISLEADING;
interface MisleadingAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}
export const MISLEADING_NAMES = Object.keys(MISLEADING) as Misleading[];

export class FakeProvider {
  readonly open: SendCall[] = [];
  readonly taken: Taken[] = [];
  /** Takes and answers by itself. */
  isQuick = true;
  /** Number of the process that lives. */
  living = 0;
  #count = 0;

  async call(process: number, { method, json }: HttpRequest): Promise<HttpResponse | Error> {
    // What the service asks about its account is no matter here.
    if (method === 'GET') return { status: 200, headers: {}, body: {} };
    const body = objectOf(json);
    const call: SendCall = {
      process,
      id: String(body['biz_opaque_callback_data']),
      key: String(objectOf(body['text'])['body']),
      person: String(body['to']).replace('+', ''),
      answer: deferred(),
    };
    this.open.push(call);
    if (this.isQuick) this.answers(call);
    return call.answer.promise;
  }

  takes(call: SendCall): Taken {
    const { id, key, person } = call;
    const providerId = `wamid.out${++this.#count}`;
    call.taken ??= {
      providerId,
      id,
      key,
      person,
      isLate: call.process !== this.living,
      statuses: [],
      isRefused: false,
    };
    if (!this.taken.includes(call.taken)) this.taken.push(call.taken);
    return call.taken;
  }

  answers(call: SendCall): void {
    const { providerId } = this.takes(call);
    const contacts = [{ input: call.person, wa_id: call.person }];
    this.#end(call, { status: 200, headers: {}, body: { contacts, messages: [{ id: providerId }] } });
  }

  /** The connection breaks; whether it was taken before is left as it is. */
  loses(call: SendCall): void {
    this.#end(call, new SendError('uncertain', 'No complete answer came.'));
  }

  refuses(call: SendCall, how: Refusal): void {
    if (how === 'is not reached') return this.#end(call, new SendError('unreachable', 'Could not be reached.'));
    const { status, code } = GRAPH_ERRORS[how];
    this.#end(call, { status, headers: {}, body: { error: { message: how, type: 'OAuthException', code } } });
  }

  /** Takes it, and answers as if it had not, or nothing that proves it. */
  misleads(call: SendCall, how: Misleading): void {
    this.takes(call);
    const { status, body, headers = {} }: MisleadingAnswer = MISLEADING[how];
    this.#end(call, { status, headers, body });
  }

  #end(call: SendCall, outcome: HttpResponse | Error): void {
    this.open.splice(this.open.indexOf(call), 1);
    call.answer.resolve(outcome);
  }
}

export interface DeliveryCall extends OpenCall {
  events: ParleyEvent[];
}

/** How a workflow, n8n or a proxy before them answers a call; `takes` alone takes anything. */
const WORKFLOW_ANSWERS = {
  takes: { status: 200 },
  fails: { status: 500 },
  'is not there': { status: 404 },
  'is starting up': { status: 200, page: 'n8n is starting up. Please wait' },
  'is behind a log-in': { status: 200, page: '<!doctype html><html><body>Log in</body></html>' },
  'is away behind a proxy': { status: 502, page: '<html><body>502 Bad Gateway</body></html>' },
  'is behind a narrow proxy': { status: 413, page: '<html><body>413 Request Entity Too Large</body></html>' },
} as const satisfies Record<string, { status: number; page?: string }>;
export type WorkflowAnswer = keyof typeof WORKFLOW_ANSWERS | 'is cut off';
export const WORKFLOW_TROUBLES = [
  ...(Object.keys(WORKFLOW_ANSWERS) as WorkflowAnswer[]).filter((how) => how !== 'takes'),
  'is cut off',
] as const satisfies WorkflowAnswer[];

/** The workflow fails on messages with ids that begin so. */
export const POISON = 'wamid.poison';
const isPoison = ({ message }: ParleyEvent) => message?.providerMessageId.startsWith(POISON) ?? false;

export class FakeWorkflow {
  readonly open: DeliveryCall[] = [];
  /** Every event, as often as it came. */
  readonly seen: ParleyEvent[] = [];
  readonly taken = new Set<string>();
  isQuick = true;

  call(process: number, { bytes }: HttpRequest): Promise<HttpResponse | Error> {
    const { events } = JSON.parse(String(bytes)) as DeliveryBody;
    const call: DeliveryCall = { process, events, answer: deferred() };
    this.seen.push(...events);
    this.open.push(call);
    if (this.isQuick) this.answers(call, 'takes');
    return call.answer.promise;
  }

  answers(call: DeliveryCall, how: WorkflowAnswer): void {
    this.open.splice(this.open.indexOf(call), 1);
    if (how === 'is cut off') return call.answer.resolve(new SendError('uncertain', 'No complete answer came.'));
    const isTaken = how === 'takes' && !call.events.some(isPoison);
    if (isTaken) for (const { id } of call.events) this.taken.add(id);
    const answer: { status: number; page?: string } = WORKFLOW_ANSWERS[how === 'takes' && !isTaken ? 'fails' : how];
    const headers: Record<string, string> = answer.page === undefined ? {} : { 'content-type': 'text/html' };
    call.answer.resolve({ status: answer.status, headers, body: answer.page });
  }
}

/** The HTTP of one process, which ends with it. */
export function httpOf(isAlive: () => boolean, call: (request: HttpRequest) => Promise<HttpResponse | Error>) {
  const never = <T>() => new Promise<T>(() => undefined);
  const http: Pick<ProviderHttp, 'request'> = {
    request: async (request) => {
      if (!isAlive()) return never();
      const outcome = await call(request);
      if (!isAlive()) return never();
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  return http as ProviderHttp;
}
