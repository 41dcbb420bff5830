import { startHttpServer } from '../kit/http-server.ts';
import type { Sandbox } from '../kit/sandbox.ts';
import { retryOf, startStandIn, type Closed } from '../kit/stand-in.ts';
import { TWILIO } from './api.ts';
import { seedContent } from './contents.ts';
import { CONTROLS, type Controlled } from './control.ts';
import { createCustomer } from './customer.ts';
import { RETRY_DELAYS_MS, type TwilioSandboxOptions, type TwilioSandboxSettings } from './defaults.ts';
import { answerStorage } from './media.ts';
import { postStatus } from './statuses.ts';
import { createWebhooks } from './webhooks.ts';
import { createWorld, type World } from './world.ts';

/** A running stand-in for Twilio's messaging APIs. */
export interface TwilioSandbox extends Controlled, Sandbox<TwilioSandboxSettings> {
  /** Origin without a trailing slash: takes the place of every host of Twilio. */
  url: string;
}

/** Starts the sandbox. Rejects when the port is taken. */
export async function startTwilioSandbox(options: TwilioSandboxOptions = {}): Promise<TwilioSandbox> {
  const bare = createWorld(options);
  const retry = retryOf({ ...options, webhookRetryDelaysMs: options.webhookRetryDelaysMs ?? RETRY_DELAYS_MS });
  // The webhooks read the world they are part of: one object, completed here.
  const world: World = Object.assign(bare, { webhooks: createWebhooks(bare, retry) });
  const parts: Closed[] = [world.webhooks];
  const sandbox = await startStandIn<World, TwilioSandboxSettings, TwilioSandbox>(
    { api: TWILIO, members, controls: CONTROLS, closed: () => parts },
    world,
    options,
  );
  const storage = await startHttpServer({ host: options.host ?? '127.0.0.1', port: 0 }, async (request) =>
    answerStorage(world, request),
  );
  parts.push(storage);
  world.storageUrl = storage.url;
  return sandbox;
}

function members(world: World): Omit<Controlled, keyof Sandbox<TwilioSandboxSettings>> {
  const accepted = () => [...world.messages.values()].filter(({ direction }) => direction !== 'inbound');
  return {
    customer: createCustomer(world),
    webhooks: world.webhooks,
    contents: { seed: (seed) => seedContent(world, seed), list: () => [...world.contents.values()] },
    listReceivedMessages: accepted,
    listReadMarks: () => [...world.readMarks],
    acceptedCountFor: (id) => accepted().filter(({ statusCallback = '' }) => statusCallback.includes(id)).length,
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
  };
}
