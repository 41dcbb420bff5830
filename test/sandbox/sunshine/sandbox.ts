import type { Sandbox } from '../kit/sandbox.ts';
import { retryOf, startStandIn } from '../kit/stand-in.ts';
import { API } from './api.ts';
import { CONTROLS, type Controlled } from './control.ts';
import { createCustomer } from './customer.ts';
import { RETRY_DELAYS_MS, type SunshineSandboxOptions, type SunshineSandboxSettings } from './defaults.ts';
import { postDelivery } from './messages.ts';
import { createWebhooks } from './webhooks.ts';
import { createWorld, messageIn, newHex, type World } from './world.ts';

/** A running stand-in for Sunshine Conversations. */
export interface SunshineSandbox extends Controlled, Sandbox<SunshineSandboxSettings> {
  /** Origin without a trailing slash: takes the place of the account's host. */
  url: string;
}

/** Starts the sandbox. Rejects when the port is taken. */
export function startSunshineSandbox(options: SunshineSandboxOptions = {}): Promise<SunshineSandbox> {
  const bare = createWorld(options);
  const retry = retryOf({ ...options, webhookRetryDelaysMs: options.webhookRetryDelaysMs ?? RETRY_DELAYS_MS });
  // The webhooks read the world they are part of: one object, completed here.
  const world: World = Object.assign(bare, { webhooks: createWebhooks(bare, retry) });
  return startStandIn<World, SunshineSandboxSettings, SunshineSandbox>(
    { api: API, members, controls: CONTROLS, closed: () => [world.webhooks] },
    world,
    options,
  );
}

const EVERYTHING = [
  ...['message', 'postback', 'read', 'typing', 'create', 'join', 'leave', 'remove'].map((one) => `conversation:${one}`),
  ...['channel', 'user', 'failure'].map((step) => `conversation:message:delivery:${step}`),
  ...['passControl', 'offerControl', 'acceptControl', 'releaseControl'].map((act) => `switchboard:${act}`),
  ...['user:merge', 'client:update'],
];

function subscribe(world: World, target: string, secret = `${newHex(world)}secret`): string {
  const webhooks = [{ id: newHex(world), target, triggers: EVERYTHING, secret }];
  const id = newHex(world);
  world.integrations.set(id, { id, type: 'custom', displayName: 'By hand', status: 'active', webhooks });
  return secret;
}

function members(world: World): Omit<Controlled, keyof Sandbox<SunshineSandboxSettings>> {
  const accepted = () =>
    [...world.conversations.values()]
      .flatMap(({ messages }) => messages)
      .filter(({ isOwn }) => isOwn)
      .sort((one, other) => one.receivedAt - other.receivedAt);
  return {
    customer: createCustomer(world),
    webhooks: world.webhooks,
    listReceivedMessages: accepted,
    listActivities: () => [...world.activities],
    listNotifications: () => [...world.notifications],
    integrations: () => [...world.integrations.values()],
    conversations: () => [...world.conversations.values()],
    acceptedCountFor: (id) => accepted().filter(({ metadata }) => metadata['parleyMessageId'] === id).length,
    postStatus: (id, step) => {
      const found = messageIn(world, id);
      if (found === undefined) throw new Error(`The sandbox does not know ${id}`);
      const error = step === 'failure' ? { code: 'uncategorized_error', message: 'Unsupported' } : undefined;
      return postDelivery(world, found.conversation, found.message, step, error);
    },
    redeliver: (count) => world.webhooks.redeliver(count),
    subscribe: (target, hookSecret) => subscribe(world, target, hookSecret),
  };
}
