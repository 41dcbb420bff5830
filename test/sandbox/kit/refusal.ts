import type { HttpReply } from './http-server.ts';

/** What a provider answers instead of doing what it was asked. */
export abstract class Refusal extends Error {
  abstract toReply(): HttpReply;
}

/** A refusal whose status and body are given. */
export class PlainRefusal extends Refusal {
  readonly #reply: HttpReply;

  constructor(status: number, body: unknown, headers?: Record<string, string>) {
    super(`Refused with ${status}`);
    this.#reply = { status, body, ...(headers && { headers }) };
  }

  toReply(): HttpReply {
    return this.#reply;
  }
}

/** The header that says when to try again, if it is known. */
export function retryAfter(seconds: number | undefined): Record<string, string> | undefined {
  return seconds === undefined ? undefined : { 'retry-after': String(seconds) };
}
