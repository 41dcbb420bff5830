/** Says what the credential of Twilio holds: the nodes of two channels use it, and both have to name the same account by it. */
import type { CredentialForm } from '../account.ts';

export const TWILIO_FORM: Omit<CredentialForm, 'credential' | 'channel' | 'identifiedBy'> = {
  displayName: 'Twilio Messaging API',
  externalId: ['from', 'messagingServiceSid'],
  settings: [
    'accountSid',
    'authToken',
    'apiKeySid',
    'apiKeySecret',
    'from',
    'messagingServiceSid',
    'defaultCountry',
    'stopWords',
    'baseUrl',
  ],
  // Twilio's console writes WhatsApp senders as `whatsapp:+…`.
  prefixes: { from: /^\s*whatsapp:/i },
  rotated: 'authToken',
  templatesById: true,
};
