/**
 * Takes back what was set up at Meta for an account of an app, and for the app when the account was its last.
 *
 * What an app calls tells whose the set-up is: while its callback is one of ours, or there is none, the account's subscription was made for
 * us. A callback of another system lives on the same subscription, so that both stay then.
 */
import type { ProvisioningStep } from '../../../../../contract/api.ts';
import type { ConnectorIo, Removal } from '../../../connectors/connector.ts';
import { SendError } from '../../../core/errors.ts';
import { idOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { missing, passed, unlessRefused } from '../../kit/steps.ts';
import { callGraph, type GraphAccess } from './graph.ts';

/** The active callbacks of an app, by object. */
export type Callbacks = ReadonlyMap<string, string>;

/** What is subscribed to the app, so that its events come: a Page, an Instagram account, a WhatsApp Business account. */
export interface AppSubscription {
  node: string;
  /** As people call it, with its id. */
  name: string;
  /** How people end it at Meta. */
  byHand: string;
  /** Whether an entry of its `subscribed_apps` is the app. */
  isApp(entry: JsonObject): boolean;
  /** What else may need it; undefined: nothing. */
  neededFor(callbacks: Callbacks, entry: JsonObject): string | undefined;
}

export interface AppUse {
  access: GraphAccess;
  /** What the app subscribes to. */
  object: string;
  /** Absent: others of the app's accounts need it, too, or it is not known. */
  subscription?: AppSubscription;
}

interface Context extends AppUse {
  webhookUrls: readonly string[];
  /** Throws `SendError`. */
  callbacks: Promise<Callbacks>;
  io: ConnectorIo;
}

async function callbacksOf(access: GraphAccess, io: ConnectorIo): Promise<Callbacks> {
  const { appId, appSecrets } = access;
  if (appId === undefined || appSecrets.length === 0) {
    throw new SendError('settings', 'What the app calls was not looked up: that takes appId and appSecret.');
  }
  const answer = await callGraph({ method: 'GET', path: `${appId}/subscriptions`, as: 'app' }, access, io);
  const active = objectsOf(answer.data).filter(({ active: isActive }) => isActive !== false);
  return new Map(active.map(({ object, callback_url: url }) => [textOf(object) ?? '', textOf(url) ?? '']));
}

/** Ends the subscription of this app; those of other apps are not reached by its token. */
async function endSubscription(context: Context, subscription: AppSubscription): Promise<ProvisioningStep> {
  const step = 'account_subscription';
  const { access, object, webhookUrls, io } = context;
  const { node, name, byHand, isApp, neededFor } = subscription;
  const callbacks = await context.callbacks;
  const callback = callbacks.get(object);
  if (callback !== undefined && !webhookUrls.includes(callback)) {
    return missing(step, `The app calls ${callback}, so ${name} stays subscribed to it. ${byHand}`);
  }
  const path = `${node}/subscribed_apps`;
  const entry = objectsOf((await callGraph({ method: 'GET', path }, access, io)).data).find(isApp);
  if (entry === undefined) return passed(step);
  const need = neededFor(callbacks, entry);
  if (need !== undefined) return missing(step, `${need}, so ${name} stays subscribed to the app. ${byHand}`);
  await callGraph({ method: 'DELETE', path }, access, io);
  return passed(step);
}

/** Without the object, Meta would take the app's other callbacks away as well. */
async function endCallback({ access, object, webhookUrls, callbacks, io }: Context): Promise<ProvisioningStep> {
  const step = 'app_callback';
  if (!webhookUrls.includes((await callbacks).get(object) ?? '')) return passed(step);
  const path = `${access.appId}/subscriptions`;
  await callGraph({ method: 'DELETE', path, query: { object }, as: 'app' }, access, io);
  return passed(step);
}

/** A Page has one subscription to an app, on which its messages and those of its Instagram account live; `other`: whichever is not meant. */
export function pageSubscription(node: string, { appId }: GraphAccess, other: 'page' | 'instagram'): AppSubscription {
  return {
    node,
    name: `the Page ${node}`,
    byHand: "If nothing else needs that, remove the Page under Webhooks in the Meta app's Messenger settings.",
    isApp: (entry) => idOf(entry.id) === appId,
    neededFor: (callbacks) => (callbacks.has(other) ? `The app has a callback for ${other}, too` : undefined),
  };
}

/** The steps of an account that goes. Never throws for what Meta refuses. */
export async function removeFromApp(
  { webhookUrls, others }: Removal<unknown>,
  use: AppUse,
  io: ConnectorIo,
): Promise<ProvisioningStep[]> {
  const { subscription, object, access } = use;
  const isLast = others.length === 0;
  if (subscription === undefined && !isLast) return [];
  const context = { ...use, webhookUrls, io, callbacks: callbacksOf(access, io) };
  const steps: ProvisioningStep[] = [];
  if (subscription !== undefined) {
    const { name, byHand } = subscription;
    const refused = ({ message }: SendError) =>
      missing('account_subscription', `${message} So ${name} stays subscribed to the app. ${byHand}`);
    steps.push(await unlessRefused(() => endSubscription(context, subscription), refused));
  }
  if (isLast) {
    const stays = `So the app may go on calling ${webhookUrls[0]}: if it does, remove that in the Meta app (Webhooks, ${object}).`;
    const refused = ({ message }: SendError) => missing('app_callback', `${message} ${stays}`);
    steps.push(await unlessRefused(() => endCallback(context), refused));
  }
  return steps;
}
