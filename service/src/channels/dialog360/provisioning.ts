/**
 * Points the number's webhooks at this account's URL. Each number at 360dialog has a webhook of its own, so nobody else's is touched; a
 * webhook of the number goes before that of its WABA.
 */
import { randomBytes } from 'node:crypto';
import type { ProvisioningStep } from '../../../../contract/api.ts';
import type { ConnectorIo, Learned, ProvisioningPower } from '../../connectors/connector.ts';
import { idOf, objectOf, objectsOf, textOf } from '../kit/json.ts';
import * as steps from '../kit/steps.ts';
import { dialog360Call, WEBHOOK_PATH } from './client.ts';
import { remove } from './removal.ts';
import { learn, provesNothing, type Dialog360Settings } from './settings.ts';

interface Context {
  webhookUrl: string;
  settings: Dialog360Settings;
  io: ConnectorIo;
}

const { passed } = steps;
const missing = (step: string, detail: string, blocking = true): ProvisioningStep =>
  steps.missing(step, detail, blocking);

/** Runs one step; what 360dialog refuses becomes its detail. */
function attempt(step: string, run: () => Promise<ProvisioningStep>, blocking = true): Promise<ProvisioningStep> {
  return steps.unlessRefused(run, ({ message }) => missing(step, message, blocking));
}

/** What 360dialog does not take as a URL; a stand-in on this machine takes any. */
function urlFinding({ webhookUrl, settings }: Context): string | undefined {
  if (!settings.baseUrl.startsWith('https:')) return undefined;
  const { protocol, hostname, port } = new URL(webhookUrl);
  const fault =
    (protocol !== 'https:' && 'is not https') ||
    (port !== '' && `names the port ${port}`) ||
    (hostname.includes('_') && 'has an underscore in its host name');
  if (!fault) return undefined;
  return (
    `360dialog takes no webhook URL that ${fault}: set PARLEY_PUBLIC_URL to a public https address without a port and without ` +
    'underscores in its name.'
  );
}

function settingsStep(context: Context): ProvisioningStep {
  const finding = urlFinding(context);
  return finding === undefined ? passed('settings') : missing('settings', finding);
}

/**
 * Settings that prove webhooks. Where neither secret is given, one is made, as long as those that people make by `openssl rand -hex 32`. It is
 * kept before 360dialog is told it: the next set-up gets it with the settings.
 */
async function proven(
  settings: Dialog360Settings,
  keep: (learned: Learned) => Promise<Learned>,
): Promise<Dialog360Settings> {
  if (!provesNothing(settings)) return settings;
  return learn(settings, await keep({ webhookSecret: randomBytes(32).toString('hex') }));
}

/** Whether the key is good, is of this number, and whether the number may send. */
async function numberStep({ settings, io }: Context): Promise<ProvisioningStep> {
  const step = 'number';
  const health = objectOf((await dialog360Call({ method: 'GET', path: 'health_status' }, settings, io)).health_status);
  const entities = objectsOf(health.entities);
  const id = idOf(entities.find(({ entity_type: type }) => type === 'PHONE_NUMBER')?.id);
  if (id !== undefined && id !== settings.phoneNumberId) {
    const detail = `The API key is of the number with the phone number ID ${id}, not of ${settings.phoneNumberId}.`;
    return missing(step, `${detail} Webhooks name the first: set it in the account.`);
  }
  const ailing = entities.filter(({ can_send_message: can }) => can === 'BLOCKED' || can === 'LIMITED');
  if (ailing.length === 0) return passed(step);
  const problems = ailing.map((entity) => {
    const [first] = objectsOf(entity.errors);
    const why = [first?.error_description, first?.possible_solution].map(textOf).filter((text) => text !== undefined);
    return `${textOf(entity.entity_type) ?? 'something'} is ${String(entity.can_send_message)}${why.map((text) => `. ${text}`).join('')}`;
  });
  return missing(step, `Meta limits sending: ${problems.join('; ')}`, false);
}

async function webhookStep({ webhookUrl, settings, io }: Context): Promise<ProvisioningStep> {
  const { webhookHeader, webhookSecret } = settings;
  const headers = webhookSecret === undefined ? {} : { [webhookHeader]: webhookSecret };
  await dialog360Call({ method: 'POST', path: WEBHOOK_PATH, json: { url: webhookUrl, headers } }, settings, io);
  const url = textOf((await dialog360Call({ method: 'GET', path: WEBHOOK_PATH }, settings, io)).url);
  if (url === webhookUrl) return passed('webhook');
  return missing(
    'webhook',
    `360dialog took the webhook URL, but still calls ${url ?? 'none'}. Set it in the 360dialog Hub.`,
  );
}

export const provisioning: ProvisioningPower<Dialog360Settings> = {
  async provision(webhookUrl, settings, io, keep) {
    const context = { webhookUrl, settings, io };
    const settled = settingsStep(context);
    const number = await attempt('number', () => numberStep(context), false);
    if (!settled.ok) return [settled, number];
    const whole = { ...context, settings: await proven(settings, keep) };
    return [settled, number, await attempt('webhook', () => webhookStep(whole))];
  },
  remove,
};
