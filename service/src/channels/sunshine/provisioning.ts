/**
 * Makes the app's webhook, learns its secret, and takes it away again. An app has ten webhooks at most, each in a custom integration.
 *
 * Sunshine makes the secret and does not repeat a webhook that was refused as unauthorised. So a new webhook begins with one rare event, and gets
 * all others once its secret is kept.
 */
import type { ProvisioningStep } from '../../../../contract/api.ts';
import type { ConnectorIo, Learned, ProvisioningPower, Removal } from '../../connectors/connector.ts';
import { SendError } from '../../core/errors.ts';
import { idOf, listOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { missing, passed, unlessRefused } from '../kit/steps.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { sunshine } from './call.ts';
import { TRIGGERS } from './parse.ts';
import type { SunshineSettings } from './settings.ts';

const NAME = 'Parley';
/** A user is removed by hand, now and then. */
const RARE = 'user:remove';
const LIMIT = 'An app has at most ten webhooks: take one away that is no longer needed, and save again.';
const PAGE = 100;
const MAX_PAGES = 5;

interface Context {
  settings: SunshineSettings;
  io: ConnectorIo;
}

interface Webhook {
  integrationId: string;
  id: string;
  target: string;
  secret: string | undefined;
  triggers: string[];
  /** Ours, and nothing else is in it. */
  isAlone: boolean;
}

function webhookIn(integration: JsonObject, webhook: JsonObject, isAlone: boolean): Webhook | undefined {
  const [integrationId, id, target] = [idOf(integration.id), idOf(webhook.id), textOf(webhook.target)];
  if (integrationId === undefined || id === undefined || target === undefined) return undefined;
  const triggers = listOf(webhook.triggers).map(String);
  const isOwn = integration.displayName === NAME && isAlone;
  return { integrationId, id, target, secret: textOf(webhook.secret), triggers, isAlone: isOwn };
}

/** Lists the app's custom integrations, page by page. */
async function integrations({ settings, io }: Context): Promise<JsonObject[]> {
  const all: JsonObject[] = [];
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = { 'filter[types]': 'custom', 'page[size]': PAGE, 'page[after]': after };
    const answer = await sunshine({ method: 'GET', path: '/integrations', query }, settings, io);
    all.push(...objectsOf(answer.integrations));
    const meta = objectOf(answer.meta);
    after = textOf(meta.afterCursor);
    if (meta.hasMore !== true || after === undefined) break;
  }
  return all;
}

const pathOf = (integrationId: string): string => `/integrations/${pathSegment(integrationId)}`;

/** Lists an integration's webhooks. Those of a partner, which the key may not read, and of one that is gone by now are not ours. */
async function webhooksOf({ settings, io }: Context, integrationId: string): Promise<JsonObject[]> {
  try {
    const { webhooks } = await sunshine({ method: 'GET', path: `${pathOf(integrationId)}/webhooks` }, settings, io);
    return objectsOf(webhooks);
  } catch (error) {
    const { kind, details } = error instanceof SendError ? error : { kind: undefined, details: undefined };
    if (kind === 'rejected' || (kind === 'settings' && details?.scope === 'message')) return [];
    throw error;
  }
}

/** Finds the webhooks that lead to one of these URLs. */
async function webhooksTo(context: Context, isOurs: (target: string) => boolean): Promise<Webhook[]> {
  const found: Webhook[] = [];
  for (const integration of await integrations(context)) {
    const id = idOf(integration.id);
    if (id === undefined) continue;
    const all = await webhooksOf(context, id);
    const read = all.map((webhook) => webhookIn(integration, webhook, all.length === 1));
    for (const webhook of read) if (webhook !== undefined && isOurs(webhook.target)) found.push(webhook);
  }
  return found;
}

async function created({ settings, io }: Context, target: string): Promise<Webhook | undefined> {
  const webhook = { target, triggers: [RARE], includeFullUser: true, includeFullSource: true };
  const json = { type: 'custom', displayName: NAME, webhooks: [webhook] };
  const { integration } = await sunshine({ method: 'POST', path: '/integrations', json }, settings, io).catch(
    (error: unknown) => {
      if (!(error instanceof SendError) || error.kind !== 'invalid') throw error;
      throw new SendError(error.kind, `${error.message} ${LIMIT}`, error.details);
    },
  );
  const [made] = objectsOf(objectOf(integration).webhooks);
  return made && webhookIn(objectOf(integration), made, true);
}

async function subscribe({ settings, io }: Context, { integrationId, id }: Webhook): Promise<void> {
  const json = { triggers: TRIGGERS, includeFullUser: true, includeFullSource: true };
  const path = `${pathOf(integrationId)}/webhooks/${pathSegment(id)}`;
  await sunshine({ method: 'PATCH', path, json, repeatable: true }, settings, io);
}

async function webhookStep(
  context: Context,
  target: string,
  keep: (learned: Learned) => Promise<Learned>,
): Promise<ProvisioningStep> {
  const step = 'webhook';
  const [known] = await webhooksTo(context, (url) => url === target);
  const webhook = known ?? (await created(context, target));
  if (webhook?.secret === undefined) {
    const where = 'Copy the secret of its webhook to this address into the account (Webhook Secret)';
    return missing(step, `Sunshine did not tell the webhook's secret. ${where}: ${target}`, true);
  }
  await keep({ webhookSecret: webhook.secret });
  await subscribe(context, webhook);
  return passed(step);
}

/** The key opens the app, and the account's integration is in it. */
async function appStep({ settings, io }: Context): Promise<ProvisioningStep> {
  const { integrationId } = settings;
  if (integrationId === undefined) {
    await sunshine({ method: 'GET', path: '/integrations', query: { 'page[size]': 1 } }, settings, io);
    return passed('app');
  }
  const { integration } = await sunshine({ method: 'GET', path: pathOf(integrationId) }, settings, io);
  const { status, displayName } = objectOf(integration);
  if (status === undefined || status === 'active') return passed('app');
  const name = textOf(displayName) ?? integrationId;
  return missing('app', `The integration ${name} is ${String(status)}: see it in Sunshine.`);
}

function attempt(step: string, run: () => Promise<ProvisioningStep>): Promise<ProvisioningStep> {
  return unlessRefused(run, ({ message }) => missing(step, message, true));
}

async function takenAway({ settings, io }: Context, { integrationId, id, isAlone }: Webhook): Promise<void> {
  const own = pathOf(integrationId);
  const path = isAlone ? own : `${own}/webhooks/${pathSegment(id)}`;
  await sunshine({ method: 'DELETE', path, repeatable: true }, settings, io);
}

async function remove(
  { webhookUrls, others }: Removal<SunshineSettings>,
  settings: SunshineSettings,
  io: ConnectorIo,
): Promise<ProvisioningStep[]> {
  if (others.length > 0) return [];
  const context = { settings, io };
  const run = async () => {
    for (const webhook of await webhooksTo(context, (url) => webhookUrls.includes(url)))
      await takenAway(context, webhook);
    return passed('webhook');
  };
  const byHand = `Take the webhook to ${webhookUrls[0]} away there: Integrations, ${NAME}.`;
  return [await unlessRefused(run, ({ message }) => missing('webhook', `${message} ${byHand}`))];
}

export const provisioning: ProvisioningPower<SunshineSettings> = {
  async provision(webhookUrl, settings, io, keep) {
    const context = { settings, io };
    const app = await attempt('app', () => appStep(context));
    if (!app.ok && app.blocking === true) return [app];
    return [app, await attempt('webhook', () => webhookStep(context, webhookUrl, keep))];
  },
  remove,
};
