/** A world for channels: answers that were written down before, and a record of what was asked. */
import { Readable } from 'node:stream';
import type { ConnectorIo } from '../../service/src/connectors/connector.ts';
import type { HttpRequest, HttpResponse, HttpStreamResponse, ProviderHttp } from '../../service/src/core/http.ts';

export const NOW = 1_750_000_000_000;

export interface FakeIo {
  io: ConnectorIo;
  /** Every request, oldest first. */
  requests: HttpRequest[];
}

type Answer = HttpResponse | Error;

function ioOf(http: ProviderHttp): ConnectorIo {
  return {
    http,
    clock: { now: () => NOW, monotonic: () => 0, reached: () => NOW },
    log: { info: () => undefined, warn: () => undefined },
  };
}

function asStream({ status, headers, body }: HttpResponse): HttpStreamResponse {
  return { status, headers, stream: Readable.from([Buffer.from(typeof body === 'string' ? body : '')]) };
}

/** `answer` decides by the request; an `Error` is thrown as a transport error. */
export function answering(answer: (request: HttpRequest) => Answer): FakeIo {
  const requests: HttpRequest[] = [];
  const respond = (request: HttpRequest): HttpResponse => {
    requests.push(request);
    const found = answer(request);
    if (found instanceof Error) throw found;
    return found;
  };
  const io = ioOf({
    request: async (request) => respond(request),
    stream: async (request) => asStream(respond(request)),
  });
  return { io, requests };
}

export function alwaysAnswering(answer: HttpResponse): FakeIo {
  return answering(() => answer);
}

export function failingWith(error: Error): ConnectorIo {
  return answering(() => error).io;
}

/** The answers in this order, one per request; fails when there are more requests. */
export function inOrder(...answers: Answer[]): FakeIo {
  const rest = [...answers];
  return answering(
    (request) => rest.shift() ?? new Error(`no answer was prepared for ${request.method} ${request.url}`),
  );
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body };
}
