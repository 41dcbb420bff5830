import type { HttpReply } from '../kit/http-server.ts';

/** A refusal of the proxy itself: a text, and sometimes a status that one would not expect. */
export class ProxyError extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }

  toReply(): HttpReply {
    return { status: this.status, body: { error: this.message } };
  }
}

export const invalidKey = () => new ProxyError(401, 'Invalid api_key');
export const rateLimited = () => new ProxyError(400, 'endpoint rate limit exceeded');
export const noSuchPath = () => new ProxyError(404, 'Not Found');
