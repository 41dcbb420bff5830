import type { Sandbox } from '../kit/sandbox.ts';
import { startStandIn } from '../kit/stand-in.ts';
import { CONTROLS, type Controlled, type Party } from './control.ts';
import { createCustomer } from './customer.ts';
import type { MetaSandboxOptions, MetaSandboxSettings } from './defaults.ts';
import { GRAPH } from './graph.ts';
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
  const world = createWorld(options);
  const sides = Object.values(world.sides);
  const sandbox = await startStandIn<World, MetaSandboxSettings, MetaSandbox>(
    { api: GRAPH, members, controls: CONTROLS, closed: () => sides.map(({ webhooks }) => webhooks) },
    world,
    options,
  );
  for (const side of sides) side.url = sandbox.url;
  if (options.messengerWebhookUrl !== undefined) sandbox.messenger.subscribe(options.messengerWebhookUrl);
  if (options.instagramWebhookUrl !== undefined) sandbox.instagram.subscribe(options.instagramWebhookUrl);
  return sandbox;
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

function members(world: World): Omit<Controlled, keyof Sandbox<MetaSandboxSettings>> {
  const { messenger, instagram } = world.sides;
  return {
    messenger: partyOf(world, messenger),
    instagram: partyOf(world, instagram),
    templates: { seed: (seed) => seedTemplate(world, seed), list: () => [...world.templates.values()] },
    acceptedCountFor: (metadata) =>
      [...messenger.accepted.values()].filter((message) => metadataOf(message) === metadata).length,
  };
}
