/**
 * Points Meta's webhooks at this account's URL, and says what is missing where it cannot.
 *
 * A Meta app has ONE callback per object (`page`, `instagram`), for all its Pages and accounts; unlike WhatsApp's numbers they cannot
 * be sent elsewhere one by one. Accounts of this Parley may share it: events are routed by the account they name. A callback
 * of another system is left alone, and the step says what that means.
 */
import type { ProvisioningStep } from '../../../../../contract/api.ts';
import { SendError } from '../../../core/errors.ts';
import type { ConnectorIo } from '../../../connectors/connector.ts';
import { flagOf, idOf, instantOf, listOf, objectOf, objectsOf, textOf, type JsonObject } from '../../kit/json.ts';
import { MAX_APART_MS } from '../../kit/provider-clock.ts';
import { missing, passed, unlessRefused } from '../../kit/steps.ts';
import { graph, type MetaAccount } from './account.ts';

export interface Setup {
  account: MetaAccount;
  /** What the app subscribes to. */
  object: 'page' | 'instagram';
  /** Needed to talk, and what else is published: a field that the app may not have does not keep the others away. */
  fields: { core: readonly string[]; more: readonly string[] };
  /** The Page or account that is subscribed, and to which fields; for a Page they join those it has. */
  subscribed: { node: string; fields: Setup['fields'] };
  verifyToken: string | undefined;
  /** Of the token; absent: its permissions cannot be looked up. */
  permissions?: readonly string[];
  /** The callback can be entered at Meta only, so that not to be able to look is no failure. */
  isSetByHand: boolean;
  /** Reads the account with its token: what is wrong, if anything. */
  accountFinding(io: ConnectorIo): Promise<string | undefined>;
}

interface Context extends Setup {
  webhookUrl: string;
  io: ConnectorIo;
}

/** Without these no message arrives. */
const BLOCKING = ['account', 'app_callback', 'account_subscription'];

/** Runs one step; what Meta refuses becomes its detail. */
function attempt(step: string, run: () => Promise<ProvisioningStep>): Promise<ProvisioningStep> {
  return unlessRefused(run, ({ message }) => missing(step, message, BLOCKING.includes(step)));
}

/** Without these nothing can arrive, whatever Meta says. */
function settingsStep({ account: { access }, webhookUrl }: Context): ProvisioningStep {
  const found: string[] = [];
  if (access.appSecrets.length === 0) found.push('appSecret is not set: every webhook will be refused as not signed.');
  if (access.baseUrl.startsWith('https:') && !webhookUrl.startsWith('https:')) {
    found.push(
      'The webhook URL is not https, which Meta demands: set PARLEY_PUBLIC_URL to the public https address of the service.',
    );
  }
  return found.length === 0 ? passed('settings') : missing('settings', found.join(' '), true);
}

function tokenFinding(data: JsonObject, { account, permissions = [] }: Context, now: number): string | undefined {
  const scopes = listOf(data.scopes);
  const lacking = permissions.filter((permission) => !scopes.includes(permission));
  const expiresAt = instantOf(data.expires_at);
  const appId = idOf(data.app_id);
  if (flagOf(data.is_valid) === false || (expiresAt !== undefined && expiresAt <= now - MAX_APART_MS)) {
    return 'The access token is not valid any more: make a new one and save it in the account.';
  }
  if (appId !== undefined && appId !== account.access.appId) {
    return `The access token belongs to the app ${appId}, not to ${account.access.appId}.`;
  }
  if (lacking.length === 0) return undefined;
  return `The access token lacks ${lacking.join(' and ')}: make one that has it.`;
}

async function tokenStep(context: Context): Promise<ProvisioningStep> {
  const step = 'token';
  const { account, io } = context;
  if (account.access.appId === undefined || account.access.appSecrets.length === 0) {
    return missing(step, 'Its permissions were not checked: that takes appId and appSecret.');
  }
  const query = { input_token: account.access.token };
  const answer = await graph({ method: 'GET', path: 'debug_token', query, as: 'app' }, account, io);
  const finding = tokenFinding(objectOf(answer.data), context, io.clock.now());
  return finding === undefined ? passed(step) : missing(step, finding);
}

async function accountStep({ accountFinding, io }: Context): Promise<ProvisioningStep> {
  const finding = await accountFinding(io);
  return finding === undefined ? passed('account') : missing('account', finding, true);
}

/** Another account of this Parley: the same address but for its last part. */
function isOurs(callback: string, webhookUrl: string): boolean {
  return callback.slice(0, callback.lastIndexOf('/') + 1) === webhookUrl.slice(0, webhookUrl.lastIndexOf('/') + 1);
}

/** The field that Meta's refusal names (`… must be one of {…} - got "inbox_labels".`), of those that may be left out. */
function refusedOf({ message }: SendError, fields: readonly string[]): string | undefined {
  const got = /got "([^"]+)"/.exec(message)?.[1];
  return fields.find((field) => field === got);
}

/** All fields but those that Meta refuses; where it does not say which, those without which nothing works. */
async function subscribing(
  step: string,
  { core, more }: Setup['fields'],
  post: (fields: string) => Promise<JsonObject>,
): Promise<ProvisioningStep> {
  const left: string[] = [];
  let why = '';
  for (;;) {
    const rest = more.filter((field) => !left.includes(field));
    try {
      await post([...core, ...rest].join(','));
      return left.length === 0 ? passed(step) : missing(step, `Left out: ${left.join(', ')}. Meta refused: ${why}`);
    } catch (error) {
      if (!(error instanceof SendError) || error.kind !== 'invalid' || rest.length === 0) throw error;
      const refused = refusedOf(error, rest);
      left.push(...(refused === undefined ? rest : [refused]));
      why = error.message;
    }
  }
}

async function appCallback(context: Context): Promise<ProvisioningStep> {
  const step = 'app_callback';
  const { account, object, verifyToken, webhookUrl, fields, io, isSetByHand } = context;
  const { appId, appSecrets } = account.access;
  if (appId === undefined || appSecrets.length === 0 || verifyToken === undefined) {
    const what = 'appId and appSecret are needed to set the callback of the app; set them in the account, or enter';
    return missing(step, `${what} ${webhookUrl} and the verify token in the app by hand.`, !isSetByHand);
  }
  const call = { path: `${appId}/subscriptions`, as: 'app' as const };
  const answer = await graph({ method: 'GET', ...call }, account, io);
  const current = objectsOf(answer.data).find((entry) => entry.object === object);
  const callback = current?.active === false ? undefined : textOf(current?.callback_url);
  if (callback !== undefined && !isOurs(callback, webhookUrl)) {
    const detail =
      `The app already calls ${callback}, which is left as it is: an app has one callback for all its accounts, so no message ` +
      `comes here. Remove it in the app (Webhooks, ${object}) and save this account again, or use an app of your own.`;
    return missing(step, detail, true);
  }
  return subscribing(step, fields, (list) =>
    graph(
      {
        method: 'POST',
        ...call,
        json: { object, callback_url: webhookUrl, verify_token: verifyToken, fields: list },
      },
      account,
      io,
    ),
  );
}

/** The fields a Page has for this app already stay: others may live on them. */
async function accountSubscription({ account, subscribed, io }: Context): Promise<ProvisioningStep> {
  const path = `${subscribed.node}/subscribed_apps`;
  const answer = await graph({ method: 'GET', path }, account, io);
  const { appId } = account.access;
  const own = objectsOf(answer.data).find((app) => appId !== undefined && idOf(app.id) === appId);
  const kept = listOf(own?.subscribed_fields).filter((field) => typeof field === 'string');
  const core = [...new Set([...subscribed.fields.core, ...kept])];
  const more = subscribed.fields.more.filter((field) => !core.includes(field));
  return subscribing('account_subscription', { core, more }, (list) =>
    graph({ method: 'POST', path, query: { subscribed_fields: list } }, account, io),
  );
}

/** The steps, in the order in which they build on each other. Never throws for what the provider refuses. */
export async function provision(webhookUrl: string, setup: Setup, io: ConnectorIo): Promise<ProvisioningStep[]> {
  const context = { ...setup, webhookUrl, io };
  return [
    settingsStep(context),
    ...(setup.permissions === undefined ? [] : [await attempt('token', () => tokenStep(context))]),
    await attempt('account', () => accountStep(context)),
    await attempt('app_callback', () => appCallback(context)),
    await attempt('account_subscription', () => accountSubscription(context)),
  ];
}
