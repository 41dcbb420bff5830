import { get, onePartyControls, post, text, type Control } from '../kit/control.ts';
import type { JsonObject } from '../kit/json.ts';
import type { Sandbox, SandboxParty } from '../kit/sandbox.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { ContentSeed } from './contents.ts';
import type { Customer } from './customer.ts';
import type { TwilioSandboxSettings } from './defaults.ts';
import type { ReadMark, SandboxMessage, StoredContent, Webhooks, World } from './world.ts';

/** The part of the sandbox that can be reached over HTTP. */
export interface Controlled
  extends Omit<Sandbox<TwilioSandboxSettings>, 'port' | 'close'>, SandboxParty<SandboxMessage> {
  customer: Customer;
  webhooks: Webhooks;
  contents: { seed(seed: ContentSeed): StoredContent; list(): StoredContent[] };
  listReadMarks(): ReadMark[];
  /** How often a message was accepted whose status callback names this id; more than 1 is a duplicate. */
  acceptedCountFor(messageId: string): number;
  /** Posts a status of an accepted message by hand. */
  postStatus(messageId: string, status: string, errorCode?: number): WebhookDelivery | undefined;
  /** What was set up: the URLs of numbers, senders and services. */
  configured(): Pick<World, 'numbers' | 'senders' | 'services'>;
  /** Closes the sessions with this person (`+` digits): they have never written. */
  forget(person: string): void;
  /** Everything that people write goes there. */
  subscribe(callbackUrl: string): void;
}

export const CONTROLS: Control<Controlled>[] = [
  ...onePartyControls<Controlled, SandboxMessage>(messageSummary),
  post('/subscribe', ({ sandbox, body }) => {
    sandbox.subscribe(text(body, 'callbackUrl'));
    return {};
  }),
  post('/templates', ({ sandbox: { contents }, body }) => contents.seed(body as unknown as ContentSeed)),
  get('/templates', ({ sandbox: { contents } }) => contents.list()),
];

/** `to` without the channel; `body` is what the person sees. */
function messageSummary(message: SandboxMessage): JsonObject {
  const { sid, line, createdAt, to, from, body, media, rendered, statusCallback = '', statuses } = message;
  const own = URL.canParse(statusCallback) ? new URL(statusCallback).searchParams.get('message') : null;
  const bare = to.replace(/^whatsapp:\+?|^\+/, '');
  return { id: sid, line, from, to: bare, acceptedAt: createdAt, body, media, rendered, messageId: own, statuses };
}
