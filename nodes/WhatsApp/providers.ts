/**
 * THE list of those through whom the node connects: Meta itself, and others that pass its API on. Each has its own credential, of a
 * channel of its own.
 */
import type { CredentialForm } from '../shared/account.ts';
import { TWILIO_FORM } from '../shared/providers/twilio.ts';

export const CLOUD_ACCOUNT: CredentialForm = {
  credential: 'whatsAppCloudApi',
  displayName: 'WhatsApp Cloud API',
  identifiedBy: ['Phone Number ID'],
  channel: 'whatsapp',
  externalId: 'phoneNumberId',
  settings: [
    'accessToken',
    'phoneNumberId',
    'wabaId',
    'appId',
    'appSecret',
    'verifyToken',
    'defaultCountry',
    'apiVersion',
    'stopWords',
    'baseUrl',
  ],
};

export const DIALOG360_ACCOUNT: CredentialForm = {
  credential: 'dialog360Api',
  displayName: '360dialog API',
  identifiedBy: ['Phone Number ID'],
  channel: 'dialog360',
  externalId: 'phoneNumberId',
  settings: [
    'apiKey',
    'phoneNumberId',
    'phoneNumber',
    'wabaId',
    'defaultCountry',
    'webhookHeader',
    'webhookSecret',
    'platformSecret',
    'stopWords',
    'baseUrl',
  ],
  rotated: 'platformSecret',
};

/** Names the account as the node of this provider does. */
export const TWILIO_ACCOUNT: CredentialForm = {
  ...TWILIO_FORM,
  credential: 'parleyTwilioApi',
  channel: 'twilio_whatsapp',
  identifiedBy: ['From'],
};

/** Sorted by name; the keys are the values of 'Connect Through'. */
export const PROVIDERS = {
  dialog360: { name: '360dialog', account: DIALOG360_ACCOUNT },
  cloudApi: { name: 'Meta Cloud API', account: CLOUD_ACCOUNT },
  twilio: { name: 'Twilio', account: TWILIO_ACCOUNT },
} satisfies Record<string, { name: string; account: CredentialForm }>;

export type Provider = keyof typeof PROVIDERS;

export function isProvider(word: string): word is Provider {
  return Object.hasOwn(PROVIDERS, word);
}
