import { randomUUID } from 'node:crypto';
import { startHttpServer } from '../kit/http-server.ts';
import { startSandboxServer } from '../kit/sandbox-server.ts';
import { sharedMembers, type Sandbox } from '../kit/sandbox.ts';
import { answerApi } from './api.ts';
import { seedContent } from './contents.ts';
import { CONTROLS, type Controlled } from './control.ts';
import { createCustomer } from './customer.ts';
import { fixedOptions, initialSettings, type TwilioSandboxOptions, type TwilioSandboxSettings } from './defaults.ts';
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
  const { clock, retryDelaysMs, timeoutMs } = fixedOptions(options);
  const bare = createWorld({
    ...{ settings: initialSettings(options), clock, newId: options.newId ?? randomUUID },
    webhookUrl: options.webhookUrl ?? '',
  });
  // The webhooks read the world they are part of: one object, completed here.
  const world: World = Object.assign(bare, { webhooks: createWebhooks(bare, { retryDelaysMs, timeoutMs }) });
  const sandbox = sandboxOf(world);
  const server = await startSandboxServer(options, world, { sandbox, controls: CONTROLS }, (request) =>
    answerApi(world, request),
  );
  const storage = await startHttpServer({ host: options.host ?? '127.0.0.1', port: 0 }, async (request) =>
    answerStorage(world, request),
  );
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

function sandboxOf(world: World): Controlled {
  const accepted = () => [...world.messages.values()].filter(({ direction }) => direction !== 'inbound');
  return {
    ...sharedMembers(world),
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
