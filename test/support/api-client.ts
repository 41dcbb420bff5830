/** Calls the service's API as a node does, and keeps the answer as it came. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed when it is JSON, else undefined. */
  body: unknown;
}

export type ApiClient = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Bodies: bytes and streams as they are, anything else as JSON. A header given as '' is left out. */
export function apiClient(baseUrl: () => string, key: string): ApiClient {
  return async (method, path, body, headers = {}) => {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const type = body === undefined || isRaw ? {} : { 'content-type': 'application/json' };
    const all = { authorization: `Bearer ${key}`, ...type, ...headers };
    const response = await fetch(baseUrl() + path, {
      method,
      headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
      body: isRaw ? (body as RequestInit['body']) : JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
