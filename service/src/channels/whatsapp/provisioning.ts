/**
 * Points Meta's webhooks at this account's URL, and says what is missing where it cannot.
 *
 * A Meta app has ONE callback for all its WhatsApp accounts, and Meta sends template and account events there only; `messages`
 * and a few more fields can be sent elsewhere by an override on the number (precedence: number, then WABA, then app; page
 * "Webhook overrides"). Parley's URL belongs to one account, that is one number. So:
 *   - the app has no callback, or ours: it gets ours, with every field;
 *   - the app already calls someone else (another account of Parley under the same app, or another system): that callback is
 *     left alone and the number gets an override, so that its messages come here; the step `app_callback` then tells that
 *     template and account events keep going to the other URL. Where that is another account of this Parley, they arrive and
 *     are routed by the id of the WABA;
 *   - the number, or its WABA, is overridden to another URL: the number's override is set to ours, as nothing would come here.
 * The override needs no app secret, so it is also what is left when `appId` or `appSecret` is not set.
 */
import type { ProvisioningStep } from '../../../../contract/api.ts';
import type { ConnectorIo, ProvisioningPower } from '../../connectors/connector.ts';
import { flagOf, idOf, instantOf, listOf, objectOf, objectsOf, textOf, type JsonObject } from '../kit/json.ts';
import { MAX_APART_MS } from '../kit/provider-clock.ts';
import * as steps from '../kit/steps.ts';
import { graph } from './graph.ts';
import { remove } from './removal.ts';
import { appSecrets, type WhatsAppSettings } from './settings.ts';
import { SUBSCRIBED_FIELDS, WABA_OBJECT } from './webhook-fields.ts';

interface Context {
  webhookUrl: string;
  settings: WhatsAppSettings;
  io: ConnectorIo;
}

const PERMISSIONS = ['whatsapp_business_messaging', 'whatsapp_business_management'];

const GRANT =
  'In Meta Business settings, System users: give the token whatsapp_business_messaging and whatsapp_business_management, ' +
  'and the user full control of this WhatsApp account and app.';

const { passed } = steps;
/** Without these no message arrives; `number_override` is tried only where nothing else leads here. */
const BLOCKING = ['number_override', 'account_subscription'];
const missing = (step: string, detail: string, blocking = BLOCKING.includes(step)): ProvisioningStep =>
  steps.missing(step, detail, blocking);

/** Runs one step; what Meta refuses becomes its detail. */
function attempt(step: string, run: () => Promise<ProvisioningStep>): Promise<ProvisioningStep> {
  return steps.unlessRefused(run, ({ kind, message }) =>
    missing(step, kind === 'settings' ? `${message} ${GRANT}` : message),
  );
}

/** Without these nothing can arrive, whatever Meta says. */
function settingsStep({ settings, webhookUrl }: Context): ProvisioningStep {
  const found: string[] = [];
  if (appSecrets(settings).length === 0)
    found.push('appSecret is not set: every webhook will be refused as not signed.');
  if (settings.verifyToken === undefined)
    found.push('verifyToken is not set: Meta cannot prove the webhook URL. Choose any text.');
  if (settings.appId === undefined)
    found.push('appId is not set: template and account events cannot be subscribed to.');
  if (settings.wabaId === undefined)
    found.push('wabaId is not set: webhooks cannot be switched on for the account, and templates not be managed.');
  const isPlain = settings.baseUrl.startsWith('https:') && !webhookUrl.startsWith('https:');
  if (isPlain) {
    found.push(
      'The webhook URL is not https, which Meta demands: set PARLEY_PUBLIC_URL to the public https address of the service.',
    );
  }
  const blocking = isPlain || appSecrets(settings).length === 0;
  return found.length === 0 ? passed('settings') : missing('settings', found.join(' '), blocking);
}

function tokenFinding(data: JsonObject, settings: WhatsAppSettings, now: number): string | undefined {
  const scopes = listOf(data.scopes);
  const lacking = PERMISSIONS.filter((permission) => !scopes.includes(permission));
  const expiresAt = instantOf(data.expires_at);
  const appId = idOf(data.app_id);
  if (flagOf(data.is_valid) === false || (expiresAt !== undefined && expiresAt <= now - MAX_APART_MS)) {
    return 'The access token is not valid any more: make a new one and save it in the account.';
  }
  if (appId !== undefined && appId !== settings.appId)
    return `The access token belongs to the app ${appId}, not to ${settings.appId}.`;
  return lacking.length === 0 ? undefined : `The access token lacks ${lacking.join(' and ')}. ${GRANT}`;
}

async function tokenStep({ settings, io }: Context): Promise<ProvisioningStep> {
  const step = 'token';
  if (settings.appId === undefined || appSecrets(settings).length === 0) {
    return missing(step, 'Its permissions were not checked: that takes appId and appSecret.');
  }
  const query = { input_token: settings.accessToken };
  const answer = await graph({ method: 'GET', path: 'debug_token', query, as: 'app' }, settings, io);
  const finding = tokenFinding(objectOf(answer.data), settings, io.clock.now());
  return finding === undefined ? passed(step) : missing(step, finding);
}

/** Answers whether the app now calls our URL. */
async function appCallback({ webhookUrl, settings, io }: Context): Promise<ProvisioningStep> {
  const step = 'app_callback';
  if (settings.appId === undefined || appSecrets(settings).length === 0 || settings.verifyToken === undefined) {
    return missing(step, 'appId, appSecret and verifyToken are needed to subscribe the app; set them in the account.');
  }
  const call = { path: `${settings.appId}/subscriptions`, as: 'app' as const };
  const answer = await graph({ method: 'GET', ...call }, settings, io);
  const current = objectsOf(answer.data).find(({ object }) => object === WABA_OBJECT);
  const callback = current?.active === false ? undefined : textOf(current?.callback_url);
  if (callback !== undefined && callback !== webhookUrl) {
    return missing(
      step,
      `The app already calls ${callback}, which is left as it is: template and account events go there, as Meta sends them to ` +
        `an app's one callback only. Messages of this number come here by an override. To get everything here, ` +
        `remove that callback in the Meta app's WhatsApp configuration and save this account again.`,
    );
  }
  const json = {
    object: WABA_OBJECT,
    callback_url: webhookUrl,
    verify_token: settings.verifyToken,
    fields: SUBSCRIBED_FIELDS.join(','),
  };
  await graph({ method: 'POST', ...call, json }, settings, io);
  return passed(step);
}

/** The URLs by which the number or its WABA are overridden; reading them also proves that the token reaches the number. */
async function overrides({ settings, io }: Context): Promise<string[]> {
  const query = { fields: 'id,display_phone_number,verified_name,webhook_configuration' };
  const answer = await graph({ method: 'GET', path: settings.phoneNumberId, query }, settings, io);
  const { phone_number: number, whatsapp_business_account: waba } = objectOf(answer.webhook_configuration);
  // The number's own override wins over that of the WABA.
  return [textOf(number) ?? textOf(waba)].filter((url) => url !== undefined);
}

async function numberOverride({ webhookUrl, settings, io }: Context): Promise<ProvisioningStep> {
  const step = 'number_override';
  if (settings.verifyToken === undefined) {
    return missing(step, 'verifyToken is needed: Meta proves the URL of an override with it; set it in the account.');
  }
  const json = {
    webhook_configuration: { override_callback_uri: webhookUrl, verify_token: settings.verifyToken },
  };
  await graph({ method: 'POST', path: settings.phoneNumberId, json }, settings, io);
  return passed(step);
}

/** Posting without a body would take an override of the WABA away, so an app that is subscribed already is left alone. */
async function accountStep({ settings, io }: Context): Promise<ProvisioningStep> {
  const step = 'account_subscription';
  if (settings.wabaId === undefined) {
    return missing(step, 'wabaId is needed to switch webhooks on for the WhatsApp account; set it in the account.');
  }
  const path = `${settings.wabaId}/subscribed_apps`;
  const answer = await graph({ method: 'GET', path }, settings, io);
  const isSubscribed = objectsOf(answer.data).some((app) => {
    const id = idOf(objectOf(app.whatsapp_business_api_data).id);
    return settings.appId === undefined ? textOf(app.override_callback_uri) !== undefined : id === settings.appId;
  });
  if (!isSubscribed) await graph({ method: 'POST', path }, settings, io);
  return passed(step);
}

export const provisioning: ProvisioningPower<WhatsAppSettings> = {
  async provision(webhookUrl, settings, io) {
    const context = { webhookUrl, settings, io };
    let overridden: string[] = [];
    const steps = [
      settingsStep(context),
      await attempt('token', () => tokenStep(context)),
      await attempt('number', async () => {
        overridden = await overrides(context);
        return passed('number');
      }),
      await attempt('app_callback', () => appCallback(context)),
    ];
    const isCalled = steps.at(-1)?.ok === true;
    const isElsewhere = overridden.some((url) => url !== webhookUrl);
    // Meta refuses to override for an app that is not subscribed (webhooks/override, Requirements).
    steps.push(await attempt('account_subscription', () => accountStep(context)));
    if ((!isCalled && !overridden.includes(webhookUrl)) || isElsewhere) {
      steps.push(await attempt('number_override', () => numberOverride(context)));
    }
    return steps;
  },
  remove,
};
