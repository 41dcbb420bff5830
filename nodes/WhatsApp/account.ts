/** The WhatsApp account of the credential `whatsAppCloudApi`. */
import { channelAccount, compactSettings, secretList, type ChannelAccount } from '../shared/account.ts';
import type { ParleyContext } from '../shared/transport.ts';

export const WHATSAPP_CREDENTIAL = 'whatsAppCloudApi';
export const WHATSAPP_CHANNEL = 'whatsapp';

const SETTINGS = [
  'accessToken',
  'phoneNumberId',
  'wabaId',
  'appId',
  'appSecret',
  'verifyToken',
  'apiVersion',
  'baseUrl',
] as const;

/** The account of a decrypted credential; its `externalId` is the phone number ID. Pure. */
export function accountOfCredential(credential: Record<string, unknown>): ChannelAccount {
  const settings = compactSettings({ ...credential, appSecret: secretList(credential['appSecret']) }, SETTINGS);
  return channelAccount(WHATSAPP_CHANNEL, String(settings['phoneNumberId'] ?? ''), settings);
}

export async function whatsAppAccount(context: ParleyContext): Promise<ChannelAccount> {
  return accountOfCredential(await context.getCredentials(WHATSAPP_CREDENTIAL));
}
