import {
  deliverySummary,
  get,
  partyControls,
  post,
  sandboxControls,
  text,
  type Asked,
  type Control,
} from '../kit/control.ts';
import type { JsonObject } from '../kit/json.ts';
import type { SandboxParty, Sandbox } from '../kit/sandbox.ts';
import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { AcceptedMessage, Platform, StatusName, Webhooks } from './customer-world.ts';
import type { Customer } from './customer.ts';
import type { MetaSandboxSettings } from './defaults.ts';
import type { Inbox } from './inbox.ts';
import { metadataOf } from './messages.ts';
import type { TemplateSeed } from './templates.ts';
import type { SenderAction, Template } from './world.ts';

/** The Page or the Instagram account, and the people who talk with it. */
export interface Party extends SandboxParty<AcceptedMessage> {
  customer: Customer;
  /** The business' own people, in Meta's inbox. */
  inbox: Inbox;
  webhooks: Webhooks;
  listSenderActions(): SenderAction[];
  /** Posts a status of an accepted message by hand; `sent` is its echo. */
  postStatus(messageId: string, status: StatusName): WebhookDelivery | undefined;
  /** Drops every uploaded file. */
  losesFiles(): void;
  /** When the window with this person ends, in milliseconds; undefined: it was never open. */
  windowEndsAt(person: string): number | undefined;
  /** Subscribes a URL to every field, without a handshake. */
  subscribe(callbackUrl: string): void;
}

/** The part of the sandbox that can be reached over HTTP. */
export interface Controlled extends Omit<Sandbox<MetaSandboxSettings>, 'port' | 'close'>, Record<Platform, Party> {
  templates: { seed(seed: TemplateSeed): Template; list(): Template[] };
  /** How often a message with this `metadata` was accepted; more than 1 is a duplicate. Instagram's messages carry none. */
  acceptedCountFor(metadata: string): number;
}

/** `sets-marketing` → `setsMarketing` */
const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function partyOf({ sandbox, params }: Asked<Controlled>): Party {
  const { platform } = params;
  if (platform !== 'messenger' && platform !== 'instagram') throw new Error('There is messenger and instagram');
  return sandbox[platform];
}

/** What people do, by the name of the method; its body is the method's. `reads` takes `{messageId}`. */
async function actOf(asked: Asked<Controlled>, who: 'customer' | 'inbox'): Promise<unknown> {
  const name = camel(asked.params['act'] ?? '');
  const side: object = partyOf(asked)[who];
  const act: unknown = Object.hasOwn(side, name) ? Reflect.get(side, name) : undefined;
  if (typeof act !== 'function') throw new Error(`The ${who} cannot do ${name}`);
  const argument: unknown = name === 'reads' ? text(asked.body, 'messageId') : asked.body;
  const done: unknown = await Reflect.apply(act, side, [argument]);
  return summary(done);
}

function isDelivery(value: unknown): value is WebhookDelivery {
  return typeof value === 'object' && value !== null && 'attempts' in value;
}

function summary(done: unknown): unknown {
  if (done === undefined || isDelivery(done)) return deliverySummary(done);
  if (Array.isArray(done)) return done.map(summary);
  const { delivery: _, ...rest } = done as JsonObject;
  return rest;
}

export const CONTROLS: Control<Controlled>[] = [
  ...sandboxControls<Controlled>(),
  ...partyControls<Controlled, AcceptedMessage>('/:platform', partyOf, messageSummary),
  post('/:platform/customer/:act', (asked) => actOf(asked, 'customer')),
  post('/:platform/inbox/:act', (asked) => actOf(asked, 'inbox')),
  post('/templates', ({ sandbox: { templates }, body }) => templates.seed(body as unknown as TemplateSeed)),
  get('/templates', ({ sandbox: { templates } }) => templates.list()),
  post('/:platform/statuses', (asked) =>
    deliverySummary(partyOf(asked).postStatus(text(asked.body, 'messageId'), text(asked.body, 'status') as StatusName)),
  ),
  get('/:platform/actions', (asked) => partyOf(asked).listSenderActions()),
];

function messageSummary(message: AcceptedMessage): JsonObject {
  const { id, acceptedAt, to, body, statuses } = message;
  return { id, acceptedAt, to, body, metadata: metadataOf(message), statuses };
}
