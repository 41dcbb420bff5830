/** Settings of a WhatsApp number at 360dialog. */
import { z } from 'zod';
import type { ConnectionOf, Learned } from '../../connectors/connector.ts';
import { countryMember } from '../kit/phone-number.ts';
import { webhookSecretMember, webhookSecretsOf } from '../kit/webhook-secret.ts';
import { baseUrlMember, metaId } from '../protocols/meta/settings.ts';

/** Headers in which a webhook can bring our secret. The contract wants them named beforehand, so the choice is between these two. */
export const SECRET_HEADERS = ['authorization', 'x-parley-webhook-secret'] as const;
const [, OWN_HEADER] = SECRET_HEADERS;

/** What goes into a header has to be printable. */
const printable = z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'must be printable characters without spaces');
const headerValue = z
  .string()
  .regex(/^[\x21-\x7e][\x20-\x7e]{14,1022}[\x21-\x7e]$/, 'must be 16 to 1024 printable characters');
const signingKey = z.string().min(1).max(4096);

export const settingsSchema = z.strictObject({
  /** Of one number; a new one ends the old. */
  apiKey: printable,
  /** Meta's id of the number, by which webhooks name it; no part of any call. */
  phoneNumberId: metaId,
  /** The number itself, for people. */
  phoneNumber: z
    .string()
    .regex(/^\+?\d{5,15}$/, 'must be a phone number of digits, with country code')
    .optional(),
  /** Of numbers that are written without their country's code. */
  defaultCountry: countryMember.optional(),
  /** WhatsApp Business account: account events are routed by it. */
  wabaId: metaId.optional(),
  /** The header that 360dialog adds to webhooks, as it is set with them. */
  webhookHeader: z
    .string()
    .transform((name) => name.toLowerCase())
    .pipe(z.enum(SECRET_HEADERS, `must be one of ${SECRET_HEADERS.join(', ')}`))
    .default(OWN_HEADER),
  /** Its value, chosen by you; without it and without `platformSecret` one is made when the webhook is set. */
  webhookSecret: headerValue.optional(),
  /** Partners: the key of `x-360dialog-signature`; one, or several during a rotation. A webhook without it is refused then. */
  platformSecret: webhookSecretMember(signingKey),
  /** Where the API answers; a stand-in takes its place here. */
  baseUrl: baseUrlMember.default('https://waba-v2.360dialog.io'),
});

export type Dialog360Settings = z.output<typeof settingsSchema>;

/** Lists the keys by which 360dialog signs for a partner, the current one first; none when it is not configured. */
export function platformSecrets({ platformSecret }: Pick<Dialog360Settings, 'platformSecret'>): string[] {
  return webhookSecretsOf(platformSecret);
}

/** Answers whether nothing is given that proves a webhook. */
export function provesNothing(settings: Dialog360Settings): boolean {
  return settings.webhookSecret === undefined && platformSecrets(settings).length === 0;
}

/** Adds what was made where nothing was given; what is given goes before. */
export function learn(settings: Dialog360Settings, { webhookSecret }: Learned): Dialog360Settings {
  return webhookSecret !== undefined && provesNothing(settings) ? { ...settings, webhookSecret } : settings;
}

/** What proves a webhook: our header, the signature of a partner, or both, and then both together. */
export function connectionOf(settings: Dialog360Settings): ConnectionOf {
  const { webhookHeader, webhookSecret } = settings;
  const header = webhookSecret === undefined ? [] : [webhookHeader, webhookSecret];
  const keys = platformSecrets(settings);
  const proofs = keys.length === 0 ? [header] : keys.map((key) => [...header, key]);
  return { key: '', secrets: proofs.filter((proof) => proof.length > 0).map((proof) => JSON.stringify(proof)) };
}
