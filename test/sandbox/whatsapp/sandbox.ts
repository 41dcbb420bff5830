import { randomUUID } from 'node:crypto';
import type { Answered } from '../kit/faulty.ts';
import type { HttpRequest } from '../kit/http-server.ts';
import { startSandboxServer } from '../kit/sandbox-server.ts';
import { sharedMembers, type Sandbox } from '../kit/sandbox.ts';
import { CONTROLS, type Controlled } from './control.ts';
import { createCustomer } from './customer.ts';
import { fixedOptions, initialSettings, type SandboxSettings, type WhatsAppSandboxOptions } from './defaults.ts';
import { answerGraph } from './graph.ts';
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
  /** Answers a request, with the fault that waits for it. */
  answer(world: World, request: HttpRequest): Promise<Answered>;
  createWebhooks: typeof createWebhooks;
}

const META: Front = { answer: answerGraph, createWebhooks };

/** Starts the sandbox. Rejects when the port is taken. */
export async function startWhatsAppSandbox(
  options: WhatsAppSandboxOptions = {},
  front: Front = META,
): Promise<WhatsAppSandbox> {
  const { clock, phoneNumbers, webhookRetryDelaysMs, webhookTimeoutMs } = fixedOptions(options);
  const bare = createWorld({
    settings: initialSettings(options),
    clock,
    newId: options.newId ?? randomUUID,
    phoneNumbers,
  });
  const retry = { retryDelaysMs: webhookRetryDelaysMs, timeoutMs: webhookTimeoutMs };
  // The webhooks read the world they are part of: one object, completed here.
  const world: World = Object.assign(bare, { webhooks: front.createWebhooks(bare, retry) });
  const sandbox = sandboxOf(world);
  const server = await startSandboxServer(options, world, { sandbox, controls: CONTROLS }, (request) =>
    front.answer(world, request),
  );
  world.url = server.url;
  if (options.webhookUrl !== undefined) sandbox.subscribe(options.webhookUrl);
  return Object.assign(sandbox, {
    url: server.url,
    port: server.port,
    close: async () => {
      await world.webhooks.close();
      await server.close();
    },
  });
}

function sandboxOf(world: World): Controlled {
  return {
    ...sharedMembers(world),
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
