/** Settings of one integration of a Sunshine Conversations app: what people write there comes to this account. */
import { z } from 'zod';
import type { Learned } from '../../connectors/connector.ts';
import { baseUrlMember } from '../kit/base-url.ts';
import { webhookSecretMember, webhookSecretsOf } from '../kit/webhook-secret.ts';

const id = z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 hex digits');
const secret = z.string().min(8).max(4096);
const name = z.string().regex(/^[\w:-]{1,128}$/, 'must be a name of letters, digits, - and _');

/** Where apps are that were made before Zendesk had them. */
const LEGACY_HOSTS = { us: 'https://api.smooch.io', eu: 'https://api.eu-1.smooch.io' } as const;

const shape = z.strictObject({
  appId: id,
  /** An API key of the app. */
  keyId: z.string().min(4).max(200),
  secret,
  /** Of the Zendesk account that the app is in. */
  subdomain: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/i, 'must be the part before .zendesk.com')
    .optional(),
  /** Of an app that is in no Zendesk account. */
  region: z.enum(['us', 'eu']).optional(),
  /** The channel's integration whose people this account talks with. Absent: those of all that no other account has. */
  integrationId: id.optional(),
  /** What Sunshine sends with webhooks: one, or several during a rotation. Absent: it is learned when the webhook is set. */
  webhookSecret: webhookSecretMember(secret),
  /** The switchboard integration that this Parley is. Absent: whoever is not Zendesk's agents counts as the bot. */
  switchboardName: name.optional(),
  /** Of WhatsApp templates: the account's namespace, where it still has one. */
  templateNamespace: z.string().min(1).max(100).optional(),
  /** A stand-in's address. */
  baseUrl: baseUrlMember.optional(),
});

/** One place where the app is has to be told. */
export const settingsSchema = shape.superRefine(({ subdomain, region, baseUrl }, context) => {
  if (subdomain !== undefined || region !== undefined || baseUrl !== undefined) return;
  context.addIssue({ code: 'custom', path: ['subdomain'], message: 'subdomain or region is required' });
});

export type SunshineSettings = z.output<typeof shape>;

/** Where the API answers, without a closing slash. */
export function hostOf({ baseUrl, subdomain, region = 'us' }: SunshineSettings): string {
  return (
    baseUrl ?? (subdomain === undefined ? LEGACY_HOSTS[region] : `https://${subdomain.toLowerCase()}.zendesk.com/sc`)
  );
}

/** Lists the secrets that prove webhooks; none when nothing is configured or learned. */
export function webhookSecrets({ webhookSecret }: SunshineSettings): string[] {
  return webhookSecretsOf(webhookSecret);
}

/** Adds the secret that Sunshine made for the webhook to those that are given. */
export function learn(settings: SunshineSettings, { webhookSecret }: Learned): SunshineSettings {
  if (webhookSecret === undefined) return settings;
  return { ...settings, webhookSecret: [...new Set([...webhookSecrets(settings), webhookSecret])] };
}

/** An account without an integration hears those of all that no other account has. */
export const ANY_INTEGRATION = 'any integration';
