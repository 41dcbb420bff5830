/**
 * A trigger's life: activating subscribes to the service, deactivating ends the subscription. What the service told (its id
 * and the secret that deliveries are signed with) is kept in the node's static data by webhook URL. A test listener has another
 * URL than the active workflow, and n8n gives it static data of its own, so the two never touch.
 */
import { NodeOperationError, type IDataObject, type IHookFunctions } from 'n8n-workflow';
import type {
  Account,
  CreatedSubscription,
  CreateSubscription,
  ProvisioningStep,
  Subscription,
} from '../../../contract/api.ts';
import type { InboundKind, MessageStatus } from '../../../contract/message.ts';
import type { AnyAccount } from '../account.ts';
import { Parameters } from '../parameters.ts';
import { parleyLookup, parleyRequest, registerAccount } from '../transport.ts';
import { eventTypes } from './events.ts';

/** The collection 'Options' of every trigger. */
export interface TriggerOptions {
  downloadMedia?: boolean;
  maxBatch?: number;
  ifSetUpFails?: 'start' | 'stop';
  includeHandedOff?: boolean;
  includeRaw?: boolean;
  includeAwaited?: boolean;
  attributes?: object;
}

/** One subscription as the node remembers it. */
interface Remembered {
  id: string;
  secret: string;
  /** What was asked for: other parameters need another subscription. */
  wish: string;
}
type Memory = Record<string, Remembered>;

function remembered(staticData: IDataObject): Memory {
  return (staticData['subscriptions'] ?? {}) as Memory;
}

function remember(staticData: IDataObject, memory: Memory): void {
  // A new object, so that n8n sees the change and saves it.
  staticData['subscriptions'] = memory;
}

/** The secrets that a delivery to this node may be signed with. */
export function knownSecrets(staticData: IDataObject): string[] {
  return Object.values(remembered(staticData)).map((subscription) => subscription.secret);
}

function webhookUrl(context: IHookFunctions): string {
  const url = context.getNodeWebhookUrl('default');
  if (url === undefined) throw new NodeOperationError(context.getNode(), 'n8n gave this trigger no webhook URL');
  return url;
}

/** The values that each attribute may have; undefined: attributes do not matter. Throws when one is without a name or a value. */
function wantedAttributes({ attributes = {} }: TriggerOptions): CreateSubscription['attributes'] {
  const entries = new Parameters({ attributes }).list('attributes', 'attribute');
  const wanted: Record<string, string[]> = {};
  for (const entry of entries) {
    const name = entry.required('name', 'Name').trim();
    entry.required('values', 'Values');
    wanted[name] = [...(wanted[name] ?? []), ...entry.words('values')];
  }
  return entries.length > 0 ? wanted : undefined;
}

/** What the parameters ask of the service; no account: of every account. */
function subscriptionWish(context: IHookFunctions, account: AnyAccount | undefined): CreateSubscription {
  const events = eventTypes(context.getNodeParameter('events', []) as string[]);
  if (events.length === 0) {
    throw new NodeOperationError(context.getNode(), 'No event is chosen', {
      description: "Choose in 'Events' what starts the workflow.",
    });
  }
  const kinds = context.getNodeParameter('messageKinds', []) as InboundKind[];
  const statuses = context.getNodeParameter('statuses', []) as MessageStatus[];
  const options = context.getNodeParameter('options', {}) as TriggerOptions;
  const attributes = wantedAttributes(options);
  return {
    url: webhookUrl(context),
    events,
    ...(account && { account: account.ref }),
    ...(kinds.length > 0 && { messageKinds: kinds }),
    ...(statuses.length > 0 && { statuses }),
    ...(attributes && { attributes }),
    includeAwaited: options.includeAwaited ?? false,
    includeHandedOff: options.includeHandedOff ?? false,
    includeRaw: options.includeRaw ?? false,
    maxBatch: options.maxBatch ?? 1,
    confirms: true,
  };
}

/** The wish without the digest of the credential: renewing a token is no reason to subscribe anew. */
function fingerprint(wish: CreateSubscription): string {
  const { channel, externalId } = wish.account ?? {};
  return JSON.stringify({ ...wish, account: { channel, externalId } });
}

const subscriptionPath = (id: string) => `/v1/subscriptions/${encodeURIComponent(id)}`;

/**
 * n8n ends and makes the subscription of an active workflow anew at each save: the service keeps what happens in between for the
 * new one. A test listener that is started again wants no old events.
 */
function removal(context: IHookFunctions, id: string) {
  const handOver = String(context.getMode() !== 'manual');
  return { method: 'DELETE' as const, path: subscriptionPath(id), query: { handOver } };
}

/** `checkExists`: whether the service still holds exactly the subscription that the parameters ask for. */
export async function subscriptionExists(context: IHookFunctions, account?: AnyAccount): Promise<boolean> {
  const wish = subscriptionWish(context, account);
  const known = remembered(context.getWorkflowStaticData('node'))[wish.url];
  if (known === undefined || known.wish !== fingerprint(wish)) return false;
  const path = subscriptionPath(known.id);
  const found = await parleyLookup<Subscription>(context, { method: 'GET', path });
  return found !== undefined && found.endedAt === undefined;
}

/**
 * `create`: registers the account, if it is one of a credential (which also sets up the webhook at the provider), ends what is left of earlier
 * subscriptions to this URL (the service may have been down when they should have ended) and subscribes.
 */
export async function createSubscription(context: IHookFunctions, account?: AnyAccount): Promise<boolean> {
  const wish = subscriptionWish(context, account);
  if (account && 'settings' in account) reportSetUp(context, await registerAccount<Account>(context, account));
  const { data } = await parleyRequest<{ data: Subscription[] }>(context, { method: 'GET', path: '/v1/subscriptions' });
  for (const { id } of data.filter((each) => each.url === wish.url)) {
    await parleyLookup(context, removal(context, id));
  }
  const { id, secret } = await parleyRequest<CreatedSubscription>(context, {
    method: 'POST',
    path: '/v1/subscriptions',
    body: wish,
  });
  const staticData = context.getWorkflowStaticData('node');
  remember(staticData, { ...remembered(staticData), [wish.url]: { id, secret, wish: fingerprint(wish) } });
  return true;
}

/** `delete`: ends the subscription; one the service no longer knows is ended already. */
export async function endSubscription(context: IHookFunctions): Promise<boolean> {
  const staticData = context.getWorkflowStaticData('node');
  const { [webhookUrl(context)]: known, ...others } = remembered(staticData);
  if (known === undefined) return true;
  await parleyLookup(context, removal(context, known.id));
  remember(staticData, others);
  return true;
}

/**
 * Says what could not be set up at the provider. What keeps messages from arriving is an error for somebody who switches the
 * workflow on (or listens in the editor), unless they chose to start anyway; when n8n saves or restarts an active workflow, a
 * provider's bad moment must not stop it. Everything else is logged.
 */
function reportSetUp(context: IHookFunctions, account: Account): void {
  const failed = (account.provisioning ?? []).filter((step) => !step.ok);
  const blocking = failed.filter((step) => step.blocking);
  const { ifSetUpFails = 'stop' } = context.getNodeParameter('options', {}) as TriggerOptions;
  const watched = ['activate', 'create', 'manual'].includes(context.getActivationMode());
  if (blocking.length === 0 || !watched || ifSetUpFails === 'start') {
    if (failed.length > 0) context.logger.warn(`Parley could not set up all at the provider: ${told(failed)}`);
    return;
  }
  throw new NodeOperationError(context.getNode(), `Messages cannot arrive yet: ${told(blocking)}`, {
    description: `Mend it and activate again. If you set up the webhook at the provider by hand (its URL is ${account.webhookUrl}), set the option 'If Set-Up at the Provider Fails' to 'Start Anyway'.`,
  });
}

function told(steps: readonly ProvisioningStep[]): string {
  return steps.map(({ step, detail }) => `${step}: ${detail ?? 'failed'}`).join('; ');
}
