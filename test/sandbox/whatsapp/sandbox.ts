import { retryOf, startStandIn, type StandIn } from '../kit/stand-in.ts';
import type { Sandbox } from '../kit/sandbox.ts';
import { CONTROLS, type Controlled } from './control.ts';
import { createCustomer } from './customer.ts';
import type { SandboxSettings, WhatsAppSandboxOptions } from './defaults.ts';
import { GRAPH } from './graph.ts';
import { GraphError } from './errors.ts';
import { windowEndsAt } from './limits.ts';
import { WEBHOOK_FIELDS } from './provisioning.ts';
import { postStatus } from './statuses.ts';
import { seedTemplate, setTemplateStatus } from './template-review.ts';
import { userFor } from './users.ts';
import { createWebhooks } from './webhooks.ts';
import { createWorld, type World } from './world.ts';

/** A running stand-in for the WhatsApp Cloud API. */
export interface WhatsAppSandbox extends Controlled, Sandbox<SandboxSettings> {
  /** Origin without a trailing slash, the place of https://graph.facebook.com. */
  url: string;
}

/** How a provider shows this world to the outside: whoever passes Meta's Cloud API on has another one. */
export interface Front {
  api: StandIn<World, SandboxSettings, WhatsAppSandbox>['api'];
  createWebhooks: typeof createWebhooks;
}

/** Starts the sandbox. Rejects when the port is taken. */
export async function startWhatsAppSandbox(
  options: WhatsAppSandboxOptions = {},
  front: Front = { api: GRAPH, createWebhooks },
): Promise<WhatsAppSandbox> {
  const bare = createWorld(options);
  // The webhooks read the world they are part of: one object, completed here.
  const world: World = Object.assign(bare, { webhooks: front.createWebhooks(bare, retryOf(options)) });
  const sandbox = await startStandIn<World, SandboxSettings, WhatsAppSandbox>(
    { api: front.api, members, controls: CONTROLS, closed: () => [world.webhooks] },
    world,
    options,
  );
  if (options.webhookUrl !== undefined) sandbox.subscribe(options.webhookUrl);
  return sandbox;
}

function members(world: World): Omit<Controlled, keyof Sandbox<SandboxSettings>> {
  return {
    customer: createCustomer(world),
    webhooks: world.webhooks,
    templates: {
      seed: (seed) => seedTemplate(world, seed),
      list: () => [...world.templates.values()],
      setStatus: (id, status, reason) => setTemplateStatus(world, found(world.templates, id), status, reason),
    },
    listReceivedMessages: () => [...world.accepted.values()],
    listReadMarks: () => [...world.readMarks],
    acceptedCountFor: (opaque) =>
      [...world.accepted.values()].filter((one) => one.bizOpaqueCallbackData === opaque).length,
    postStatus: (id, status, code) => {
      return postStatus(
        world,
        found(world.accepted, id),
        status,
        code === undefined ? undefined : new GraphError(code),
      );
    },
    losesFiles: () => world.media.clear(),
    redeliver: (count) => world.webhooks.redeliver(count),
    windowEndsAt: (user, id) => {
      const number = id === undefined ? [...world.numbers.values()][0] : world.numbers.get(id);
      return number && windowEndsAt(number, userFor(world, user));
    },
    subscribe: (callbackUrl) => {
      world.appSubscription = { callbackUrl, verifyToken: '', fields: [...WEBHOOK_FIELDS] };
      world.isAppSubscribedToWaba = true;
    },
  };
}

function found<T>(map: Map<string, T>, id: string): T {
  const value = map.get(id);
  if (value === undefined) throw new Error(`The sandbox does not know ${id}`);
  return value;
}
