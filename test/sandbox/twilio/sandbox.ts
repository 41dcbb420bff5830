import { randomUUID } from 'node:crypto';
import type { Fault, FaultQueue } from '../kit/faults.ts';
import { startHttpServer } from '../kit/http-server.ts';
import { recordOf, type RecordedRequest } from '../kit/request-log.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import { answerApi } from './api.ts';
import { seedContent, type ContentSeed } from './contents.ts';
import { answerControl } from './control.ts';
import { createCustomer, type Customer } from './customer.ts';
import { fixedOptions, initialSettings, type TwilioSandboxOptions, type TwilioSandboxSettings } from './defaults.ts';
import { answerStorage } from './media.ts';
import { postStatus } from './statuses.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';
import { createWorld, type ReadMark, type SandboxMessage, type StoredContent, type World } from './world.ts';

/** A running stand-in for Twilio's messaging APIs. */
export interface TwilioSandbox {
  /** Origin without a trailing slash: takes the place of every host of Twilio. */
  url: string;
  port: number;
  /** May be changed at any time. */
  settings: TwilioSandboxSettings;
  customer: Customer;
  faults: Pick<FaultQueue, 'next' | 'pending' | 'clear'>;
  webhooks: Webhooks;
  contents: { seed(seed: ContentSeed): StoredContent; list(): StoredContent[] };
  /** What was accepted from the business, oldest first. */
  listReceivedMessages(): SandboxMessage[];
  listReadMarks(): ReadMark[];
  /** How often a message was accepted whose status callback names this id; more than 1 is a duplicate. */
  acceptedCountFor(messageId: string): number;
  /** Every request but those of the control API, oldest first. */
  requests(): RecordedRequest[];
  /** Posts a status of an accepted message by hand. */
  postStatus(messageId: string, status: string, errorCode?: number): WebhookDelivery | undefined;
  redeliver(count: number): WebhookDelivery[];
  /** What was set up: the URLs of numbers, senders and services. */
  configured(): Pick<World, 'numbers' | 'senders' | 'services'>;
  /** Closes the sessions with this person (`+` digits): they have never written. */
  forget(person: string): void;
  /** Everything that people write goes there. */
  subscribe(callbackUrl: string): void;
  /** Resolves with the probe's first truthy result; it runs after every change. Rejects after `timeoutMs` (5000). */
  waitFor<T>(probe: () => T | undefined | null | false, timeoutMs?: number, what?: string): Promise<T>;
  close(): Promise<void>;
}

/** Starts the sandbox. Rejects when the port is taken. */
export async function startTwilioSandbox(options: TwilioSandboxOptions = {}): Promise<TwilioSandbox> {
  const { clock, retryDelaysMs, timeoutMs } = fixedOptions(options);
  const bare = createWorld({
    ...{ settings: initialSettings(options), clock, newId: options.newId ?? randomUUID },
    webhookUrl: options.webhookUrl ?? '',
  });
  // The webhooks read the world they are part of: one object, completed here.
  const world: World = Object.assign(bare, { webhooks: createWebhooks(bare, { retryDelaysMs, timeoutMs }) });
  const sandbox = sandboxOf(world);
  const host = options.host ?? '127.0.0.1';
  const server = await startHttpServer({ host, port: options.port ?? 0 }, async (request) => {
    if (request.path.startsWith('/_sandbox/')) return answerControl(sandbox, request);
    const { reply, fault } = await answerApi(world, request);
    world.requests.push(recordOf(request, reply, clock.now(), fault));
    world.changes.notify();
    return reply;
  });
  const storage = await startHttpServer({ host, port: 0 }, async (request) => answerStorage(world, request));
  Object.assign(world, { url: server.url, storageUrl: storage.url });
  return Object.assign(sandbox, {
    url: server.url,
    port: server.port,
    close: async () => {
      await world.webhooks.close();
      await storage.close();
      await server.close();
    },
  });
}

function sandboxOf(world: World): Omit<TwilioSandbox, 'url' | 'port' | 'close'> {
  const accepted = () => [...world.messages.values()].filter(({ direction }) => direction !== 'inbound');
  return {
    settings: world.settings,
    customer: createCustomer(world),
    faults: {
      next: (fault: Fault) => world.faults.next(fault),
      pending: () => world.faults.pending(),
      clear: () => world.faults.clear(),
    },
    webhooks: world.webhooks,
    contents: { seed: (seed) => seedContent(world, seed), list: () => [...world.contents.values()] },
    listReceivedMessages: accepted,
    listReadMarks: () => [...world.readMarks],
    acceptedCountFor: (id) => accepted().filter(({ statusCallback = '' }) => statusCallback.includes(id)).length,
    requests: () => [...world.requests],
    postStatus: (id, status, code) => {
      const message = world.messages.get(id);
      if (message === undefined) throw new Error(`The sandbox does not know ${id}`);
      return postStatus(world, message, status, code);
    },
    redeliver: (count) => world.webhooks.redeliver(count),
    configured: () => world,
    forget: (person) => {
      for (const pair of world.heardAt.keys()) if (pair.endsWith(person)) world.heardAt.delete(pair);
    },
    subscribe: (callbackUrl) => {
      for (const number of world.numbers) number.smsUrl = callbackUrl;
      for (const sender of world.senders) sender.callbackUrl = callbackUrl;
    },
    waitFor: (probe, ms, what) => world.changes.waitFor(probe, ms, what),
  };
}
