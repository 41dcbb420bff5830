/** The Facebook Page of the credential `parleyMessengerApi`. */
import { accountOfCredential, type ChannelAccount, type CredentialForm } from '../shared/account.ts';
import type { ParleyContext } from '../shared/transport.ts';

const MESSENGER_ACCOUNT: CredentialForm = {
  credential: 'parleyMessengerApi',
  displayName: 'Messenger Page API',
  identifiedBy: ['Page ID'],
  channel: 'messenger',
  externalId: 'pageId',
  settings: ['pageId', 'pageAccessToken', 'appId', 'appSecret', 'verifyToken', 'apiVersion', 'baseUrl'],
};

export async function messengerAccount(context: ParleyContext): Promise<ChannelAccount> {
  return accountOfCredential(MESSENGER_ACCOUNT, await context.getCredentials(MESSENGER_ACCOUNT.credential));
}
