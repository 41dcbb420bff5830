/** A subscription of the demo's own, beside the workflow's: what the service tells, anybody may hear. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CreatedSubscription } from '../../contract/api.ts';
import type { DeliveryBody, EventType, ParleyEvent } from '../../contract/event.ts';
import { verifyDelivery } from '../../contract/signature.ts';
import type { Cleanup } from './cleanup.ts';
import type { ServiceProcess } from './service-process.ts';

const EVENTS: EventType[] = ['message.received', 'message.status'];

export interface Heard {
  event: ParleyEvent;
  /** When it came; the event's own instant is the provider's, in whole seconds. */
  at: number;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Subscribes and calls `hear` with each event, once, however often it is delivered. Answers everything heard so far. */
export async function listen(
  service: ServiceProcess,
  cleanup: Cleanup,
  hear: (heard: Heard) => void,
): Promise<Heard[]> {
  const all: Heard[] = [];
  let secret = '';
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      if (!verifyDelivery(secret, request.headers, body, Date.now())) return response.writeHead(401).end();
      for (const event of (JSON.parse(body.toString('utf8')) as DeliveryBody).events) {
        if (all.some((known) => known.event.id === event.id)) continue;
        const heard = { event, at: Date.now() };
        all.push(heard);
        hear(heard);
      }
      return response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await cleanup.add(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  const subscription = await service.call<CreatedSubscription>('POST', '/v1/subscriptions', { url, events: EVENTS });
  secret = subscription.secret;
  await cleanup.add(async () => await service.call('DELETE', `/v1/subscriptions/${subscription.id}`));
  return all;
}
