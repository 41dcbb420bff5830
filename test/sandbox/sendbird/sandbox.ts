import type { Sandbox } from '../kit/sandbox.ts';
import { retryOf, startStandIn } from '../kit/stand-in.ts';
import { API } from './api.ts';
import { CONTROLS, type Controlled } from './control.ts';
import { createCustomer } from './customer.ts';
import { RETRY_DELAYS_MS, type SendbirdSandboxOptions, type SendbirdSandboxSettings } from './defaults.ts';
import { createWebhooks } from './webhooks.ts';
import { createWorld, type World } from './world.ts';

/** A running stand-in for Sendbird's Chat Platform API. */
export interface SendbirdSandbox extends Controlled, Sandbox<SendbirdSandboxSettings> {
  /** Origin without a trailing slash: takes the place of the application's host. */
  url: string;
}

/** Starts the sandbox. Rejects when the port is taken. */
export function startSendbirdSandbox(options: SendbirdSandboxOptions = {}): Promise<SendbirdSandbox> {
  const bare = createWorld(options);
  const retry = retryOf({ ...options, webhookRetryDelaysMs: options.webhookRetryDelaysMs ?? RETRY_DELAYS_MS });
  // The webhooks read the world they are part of: one object, completed here.
  const world: World = Object.assign(bare, { webhooks: createWebhooks(bare, retry, options.webhookUrl ?? '') });
  return startStandIn<World, SendbirdSandboxSettings, SendbirdSandbox>(
    { api: API, members, controls: CONTROLS, closed: () => [world.webhooks] },
    world,
    options,
  );
}

function members(world: World): Omit<Controlled, keyof Sandbox<SendbirdSandboxSettings>> {
  const accepted = () =>
    [...world.channels.values()]
      .flatMap(({ messages }) => messages)
      .filter(({ isOwn }) => isOwn)
      .sort((one, other) => one.id - other.id);
  return {
    customer: createCustomer(world),
    webhooks: world.webhooks,
    listReceivedMessages: accepted,
    listReadMarks: () => [...world.readMarks],
    listTyping: () => [...world.typing],
    channel: (url) => world.channels.get(url),
    acceptedCountFor: (id) => accepted().filter(({ dedupId }) => dedupId === id).length,
    postStatus: () => undefined,
    redeliver: (count) => world.webhooks.redeliver(count),
    subscribe: (callbackUrl) => {
      world.webhooks.url = callbackUrl;
    },
  };
}
