/** A webhook server on 127.0.0.1 with as much of Express's request and response as n8n nodes use. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type WebhookRequest = IncomingMessage & {
  rawBody: Buffer;
  body: unknown;
  params: Record<string, string>;
  query: Record<string, string>;
};
export type WebhookResponse = ServerResponse & {
  status(code: number): WebhookResponse;
  send(body: unknown): WebhookResponse;
  json(body: unknown): WebhookResponse;
};
export type WebhookHandler = (request: WebhookRequest, response: WebhookResponse, url: URL) => Promise<void>;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function asWebhookRequest(request: IncomingMessage, url: URL, rawBody: Buffer): WebhookRequest {
  const json = request.headers['content-type']?.startsWith('application/json') && rawBody.length > 0;
  const body: unknown = json ? JSON.parse(rawBody.toString('utf8')) : {};
  return Object.assign(request, { rawBody, body, params: {}, query: Object.fromEntries(url.searchParams) });
}

function asWebhookResponse(response: ServerResponse): WebhookResponse {
  const answer: WebhookResponse = Object.assign(response, {
    status(code: number) {
      answer.statusCode = code;
      return answer;
    },
    send(body: unknown) {
      if (typeof body === 'object' && !Buffer.isBuffer(body)) return answer.json(body);
      if (!answer.hasHeader('content-type')) answer.setHeader('content-type', 'text/html; charset=utf-8');
      return answer.end(body);
    },
    json(body: unknown) {
      answer.setHeader('content-type', 'application/json; charset=utf-8');
      return answer.end(JSON.stringify(body));
    },
  });
  return answer;
}

async function serve(request: IncomingMessage, response: ServerResponse, handler: WebhookHandler): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const answer = asWebhookResponse(response);
  try {
    const rawBody = await readBody(request);
    await handler(asWebhookRequest(request, url, rawBody), answer, url);
  } catch (error) {
    // n8n answers 422 when the body cannot be parsed and 500 when a node throws.
    if (!answer.headersSent) answer.status(error instanceof SyntaxError ? 422 : 500).json({ message: String(error) });
  }
}

/** Listens on `port` (0: any free one). */
export async function listen(port: number, handler: WebhookHandler): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => void serve(request, response, handler));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}
