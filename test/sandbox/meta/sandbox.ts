import { randomUUID } from 'node:crypto';
import { startSandboxServer } from '../kit/sandbox-server.ts';
import { sharedMembers, type Sandbox } from '../kit/sandbox.ts';
import { CONTROLS, type Controlled, type Party } from './control.ts';
import { createCustomer } from './customer.ts';
import { fixedOptions, initialSettings, type MetaSandboxOptions, type MetaSandboxSettings } from './defaults.ts';
import { answerGraph } from './graph.ts';
import { createInbox } from './inbox.ts';
import { metadataOf } from './messages.ts';
import { subscribeTo } from './provisioning.ts';
import { postStatus } from './statuses.ts';
import { seedTemplate } from './templates.ts';
import { createWorld, windowEndsAt, type Side, type World } from './world.ts';

/** A running stand-in for the Messenger Platform and Instagram messaging. */
export interface MetaSandbox extends Controlled, Sandbox<MetaSandboxSettings> {
  /** Origin without a trailing slash, the place of https://graph.facebook.com and https://graph.instagram.com. */
  url: string;
}

/** Starts the sandbox. Rejects when the port is taken. */
export async function startMetaSandbox(options: MetaSandboxOptions = {}): Promise<MetaSandbox> {
  const { clock, webhookRetryDelaysMs, webhookTimeoutMs } = fixedOptions(options);
  const parts = { settings: initialSettings(options), clock, newId: options.newId ?? randomUUID };
  const world = createWorld(parts, { retryDelaysMs: webhookRetryDelaysMs, timeoutMs: webhookTimeoutMs });
  const sandbox = sandboxOf(world);
  const server = await startSandboxServer(options, world, { sandbox, controls: CONTROLS }, (request) =>
    answerGraph(world, request),
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
    losesFiles: () => side.uploads.clear(),
    redeliver: (count) => side.webhooks.redeliver(count),
    windowEndsAt: (id) => {
      const person = side.people.get(id);
      return person && windowEndsAt(person, platform);
    },
    subscribe: (callbackUrl) => subscribeTo(world, platform, callbackUrl),
  };
}

function sandboxOf(world: World): Controlled {
  const { messenger, instagram } = world.sides;
  return {
    ...sharedMembers(world),
    messenger: partyOf(world, messenger),
    instagram: partyOf(world, instagram),
    templates: { seed: (seed) => seedTemplate(world, seed), list: () => [...world.templates.values()] },
    acceptedCountFor: (metadata) =>
      [...messenger.accepted.values()].filter((message) => metadataOf(message) === metadata).length,
  };
}
