/** The WhatsApp account of a node: of the credential of the provider that it connects through. */
import { accountOfCredential, type ChannelAccount, type CredentialForm } from '../shared/account.ts';
import { twilioAccount } from '../shared/twilio-account.ts';
import type { ParleyContext } from '../shared/transport.ts';
import { providerOf } from './connect-through.ts';

export const CLOUD_ACCOUNT: CredentialForm = {
  credential: 'whatsAppCloudApi',
  displayName: 'WhatsApp Cloud API',
  identifiedBy: ['Phone Number ID'],
  channel: 'whatsapp',
  externalId: 'phoneNumberId',
  settings: ['accessToken', 'phoneNumberId', 'wabaId', 'appId', 'appSecret', 'verifyToken', 'apiVersion', 'baseUrl'],
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
    'webhookHeader',
    'webhookSecret',
    'platformSecret',
    'baseUrl',
  ],
  rotated: 'platformSecret',
};

export async function whatsAppAccount(context: ParleyContext): Promise<ChannelAccount> {
  const provider = providerOf(context.getNode());
  if (provider === 'twilio') return await twilioAccount(context, 'twilio_whatsapp');
  const form = provider === 'dialog360' ? DIALOG360_ACCOUNT : CLOUD_ACCOUNT;
  return accountOfCredential(form, await context.getCredentials(form.credential));
}
