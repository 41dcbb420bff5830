import { PlainRefusal } from '../kit/refusal.ts';

/** A refusal of the proxy itself: a text, and sometimes a status that one would not expect. */
export class ProxyError extends PlainRefusal {
  constructor(status: number, text: string) {
    super(status, { error: text });
  }
}

export const invalidKey = () => new ProxyError(401, 'Invalid api_key');
export const rateLimited = () => new ProxyError(400, 'endpoint rate limit exceeded');
export const noSuchPath = () => new ProxyError(404, 'Not Found');
