/** Calls to the service's public API, as a node makes them; a call may be given up before its answer came. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Account, Page } from '../../contract/api.ts';
import type { DeadLetter } from '../../contract/dead-letter.ts';

/** `status` absent: no answer came, `error` says why. */
export interface Reply {
  status?: number;
  body?: unknown;
  error?: string;
}

export interface Call {
  method: 'GET' | 'PUT' | 'POST';
  path: string;
  body?: unknown;
  idempotencyKey?: string;
  /** Default 4,000. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 4_000;
const RETRY_MS = 200;

export class Api {
  readonly #url: string;
  readonly #apiKey: string;

  constructor(url: string, apiKey: string) {
    this.#url = url;
    this.#apiKey = apiKey;
  }

  /** Never throws. */
  async call({ method, path, body, idempotencyKey, timeoutMs = TIMEOUT_MS }: Call): Promise<Reply> {
    const headers = {
      authorization: `Bearer ${this.#apiKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.#url + path, { method, headers, body: JSON.stringify(body), signal });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      return { error: reasonOf(error) };
    }
  }

  /** The body of an answer that has to be a success. Throws what came instead. */
  async get<T>(path: string, call: Partial<Call> = {}): Promise<T> {
    const { status = 0, body, error } = await this.call({ method: 'GET', path, ...call });
    if (status < 200 || status > 299) throw new Error(`${path}: ${error ?? `${status} ${JSON.stringify(body)}`}`);
    return body as T;
  }

  putAccount(externalId: string, settings: Record<string, unknown>): Promise<Account> {
    return this.get(`/v1/accounts/whatsapp/${externalId}`, { method: 'PUT', body: { settings } });
  }

  /** As often as it takes. */
  async saveAccount(externalId: string, settings: Record<string, unknown>): Promise<void> {
    const call = {
      method: 'PUT',
      path: `/v1/accounts/whatsapp/${externalId}`,
      body: { settings },
      timeoutMs: 15_000,
    } as const;
    for (;;) {
      const { status = 500 } = await this.call(call);
      if (status < 500) return;
      await pause(RETRY_MS);
    }
  }

  /** Events that are dead letters. As often as it takes. */
  async deadEvents(): Promise<{ code: string; id: string; url: string }[]> {
    for (;;) {
      const { status, body } = await this.call({ method: 'GET', path: '/v1/dead-letters?type=event&limit=100' });
      if (status === 200)
        return (body as Page<DeadLetter>).data.flatMap(({ code, event }) => (event ? [{ code, ...event }] : []));
      await pause(RETRY_MS);
    }
  }

  /** Jobs in the outbox by kind and state, from the metrics. Throws when none can be read. */
  async jobs(): Promise<{ jobs: string; count: number }[]> {
    const response = await fetch(`${this.#url}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const lines = (await response.text()).matchAll(/^parley_outbox_jobs\{kind="(\w+)",state="(\w+)"\} (\d+)$/gm);
    return [...lines].map(([, kind, state, count]) => ({ jobs: `${kind} ${state}`, count: Number(count) }));
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : `${cause.name}: ${cause.message}`;
}
