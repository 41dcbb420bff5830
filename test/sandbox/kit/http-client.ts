import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A request the stand-in makes itself, as the provider would. */
export interface OutgoingCall {
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: Buffer;
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Sends one request, follows no redirects. Rejects on connection errors and after `timeoutMs`. */
export function call(url: string, options: OutgoingCall): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const open = target.protocol === 'https:' ? httpsRequest : httpRequest;
    // One connection per call: a kept-alive socket that the receiver closed would look like a failed delivery.
    const outgoing = open(
      target,
      { method: options.method, headers: options.headers, signal: options.signal, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.setTimeout(options.timeoutMs, () => outgoing.destroy(new Error('timeout')));
    outgoing.end(options.body);
  });
}
