/** The accounts of the credential `parleyTwilioApi`: one sender, for SMS and MMS or for WhatsApp. */
import { accountOfCredential, type ChannelAccount, type CredentialForm } from './account.ts';
import type { ParleyContext } from './transport.ts';

export const TWILIO_CREDENTIAL = 'parleyTwilioApi';

export type TwilioChannel = 'twilio_sms' | 'twilio_whatsapp';

const SETTINGS = [
  'accountSid',
  'authToken',
  'apiKeySid',
  'apiKeySecret',
  'from',
  'messagingServiceSid',
  'baseUrl',
] as const;

/** The account of a decrypted credential. Twilio's console writes WhatsApp senders as `whatsapp:+…`. Pure. */
export function twilioAccountOf(channel: TwilioChannel, credential: Record<string, unknown>): ChannelAccount {
  const from = String(credential['from'] ?? '')
    .trim()
    .replace(/^whatsapp:/i, '');
  const externalId = from === '' ? 'messagingServiceSid' : 'from';
  const form: CredentialForm = {
    ...{ credential: TWILIO_CREDENTIAL, displayName: 'Twilio Messaging API', channel, externalId },
    identifiedBy: channel === 'twilio_sms' ? ['From', 'Messaging Service SID'] : ['From'],
    ...{ settings: SETTINGS, rotated: 'authToken' },
  };
  return { ...accountOfCredential(form, { ...credential, from }), templatesById: true };
}

export async function twilioAccount(context: ParleyContext, channel: TwilioChannel): Promise<ChannelAccount> {
  return twilioAccountOf(channel, await context.getCredentials(TWILIO_CREDENTIAL));
}
