import { randomUUID } from 'node:crypto';
import type { Fault, FaultQueue } from '../kit/faults.ts';
import { startHttpServer } from '../kit/http-server.ts';
import { recordOf, type RecordedRequest } from '../kit/request-log.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import { answerControl } from './control.ts';
import { createCustomer, type Customer } from './customer.ts';
import { type AcceptedMessage, type Platform, type StatusName } from './customer-world.ts';
import { fixedOptions, initialSettings, type MetaSandboxOptions, type MetaSandboxSettings } from './defaults.ts';
import { answerGraph } from './graph.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { metadataOf } from './messages.ts';
import { subscribeTo } from './provisioning.ts';
import { postStatus } from './statuses.ts';
import { seedTemplate, type TemplateSeed } from './templates.ts';
import type { Webhooks } from './webhooks.ts';
import { createWorld, windowEndsAt, type SenderAction, type Side, type Template, type World } from './world.ts';

/** The Page or the Instagram account, and the people who talk with it. */
export interface Party {
  customer: Customer;
  /** The business' own people, in Meta's inbox. */
  inbox: Inbox;
  webhooks: Webhooks;
  /** What was accepted from the business, oldest first. */
  listReceivedMessages(): AcceptedMessage[];
  listSenderActions(): SenderAction[];
  /** Posts a status of an accepted message by hand; `sent` is its echo. */
  postStatus(messageId: string, status: StatusName): WebhookDelivery | undefined;
  /** Posts the last `count` webhooks again, byte for byte. */
  redeliver(count: number): WebhookDelivery[];
  /** When the window with this person ends, in milliseconds; undefined: it was never open. */
  windowEndsAt(person: string): number | undefined;
  /** Subscribes a URL to every field, without a handshake. */
  subscribe(callbackUrl: string): void;
}

/** A running stand-in for the Messenger Platform and Instagram messaging. */
export interface MetaSandbox extends Record<Platform, Party> {
  /** Origin without a trailing slash, the place of https://graph.facebook.com and https://graph.instagram.com. */
  url: string;
  port: number;
  /** May be changed at any time. */
  settings: MetaSandboxSettings;
  faults: Pick<FaultQueue, 'next' | 'pending' | 'clear'>;
  templates: { seed(seed: TemplateSeed): Template; list(): Template[] };
  /** How often a message with this `metadata` was accepted; more than 1 is a duplicate. Instagram's messages carry none. */
  acceptedCountFor(metadata: string): number;
  /** Every request but those of the control API, oldest first. */
  requests(): RecordedRequest[];
  /** Resolves with the probe's first truthy result; it runs after every change. Rejects after `timeoutMs` (5000). */
  waitFor<T>(probe: () => T | undefined | null | false, timeoutMs?: number, what?: string): Promise<T>;
  close(): Promise<void>;
}

/** Starts the sandbox. Rejects when the port is taken. */
export async function startMetaSandbox(options: MetaSandboxOptions = {}): Promise<MetaSandbox> {
  const { clock, webhookRetryDelaysMs, webhookTimeoutMs } = fixedOptions(options);
  const parts = { settings: initialSettings(options), clock, newId: options.newId ?? randomUUID };
  const world = createWorld(parts, { retryDelaysMs: webhookRetryDelaysMs, timeoutMs: webhookTimeoutMs });
  const sandbox = sandboxOf(world);
  const server = await startHttpServer(
    { host: options.host ?? '127.0.0.1', port: options.port ?? 0 },
    async (request) => {
      if (request.path.startsWith('/_sandbox/')) return answerControl(sandbox, request);
      const { reply, fault } = await answerGraph(world, request);
      world.requests.push(recordOf(request, reply, clock.now(), fault));
      world.changes.notify();
      return reply;
    },
  );
  const sides = Object.values(world.sides);
  for (const side of sides) side.url = server.url;
  if (options.messengerWebhookUrl !== undefined) sandbox.messenger.subscribe(options.messengerWebhookUrl);
  if (options.instagramWebhookUrl !== undefined) sandbox.instagram.subscribe(options.instagramWebhookUrl);
  return Object.assign(sandbox, {
    url: server.url,
    port: server.port,
    close: async () => {
      await Promise.all(sides.map(({ webhooks }) => webhooks.close()));
      await server.close();
    },
  });
}

function partyOf(world: World, side: Side): Party {
  const { platform } = side;
  return {
    customer: createCustomer(side),
    inbox: createInbox(side),
    webhooks: side.webhooks,
    listReceivedMessages: () => [...side.accepted.values()],
    listSenderActions: () => [...side.senderActions],
    postStatus: (id, status) => {
      const message = side.accepted.get(id);
      if (message === undefined) throw new Error(`The sandbox does not know ${id}`);
      return postStatus(side, message, status);
    },
    redeliver: (count) => side.webhooks.redeliver(count),
    windowEndsAt: (id) => {
      const person = side.people.get(id);
      return person && windowEndsAt(person, platform);
    },
    subscribe: (callbackUrl) => subscribeTo(world, platform, callbackUrl),
  };
}

function sandboxOf(world: World): Omit<MetaSandbox, 'url' | 'port' | 'close'> {
  const { messenger, instagram } = world.sides;
  return {
    settings: world.settings,
    messenger: partyOf(world, messenger),
    instagram: partyOf(world, instagram),
    faults: {
      next: (fault: Fault) => world.faults.next(fault),
      pending: () => world.faults.pending(),
      clear: () => world.faults.clear(),
    },
    templates: { seed: (seed) => seedTemplate(world, seed), list: () => [...world.templates.values()] },
    acceptedCountFor: (metadata) =>
      [...messenger.accepted.values()].filter((message) => metadataOf(message) === metadata).length,
    requests: () => [...world.requests],
    waitFor: (probe, timeoutMs, what) => world.changes.waitFor(probe, timeoutMs, what),
  };
}
