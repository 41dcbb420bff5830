/** The Instagram account of the credential `parleyInstagramApi`. */
import { accountOfCredential, type ChannelAccount, type CredentialForm } from '../shared/account.ts';
import type { ParleyContext } from '../shared/transport.ts';

const INSTAGRAM_ACCOUNT: CredentialForm = {
  credential: 'parleyInstagramApi',
  displayName: 'Instagram Messaging API',
  identifiedBy: ['Instagram Account ID'],
  channel: 'instagram',
  externalId: 'igUserId',
  settings: [
    'loginType',
    'igUserId',
    'pageId',
    'accessToken',
    'appId',
    'appSecret',
    'verifyToken',
    'apiVersion',
    'baseUrl',
  ],
};

export async function instagramAccount(context: ParleyContext): Promise<ChannelAccount> {
  return accountOfCredential(INSTAGRAM_ACCOUNT, await context.getCredentials(INSTAGRAM_ACCOUNT.credential));
}
