/** The Instagram account of the credential `parleyInstagramApi`. */
import { accountGetter } from '../shared/account-getter.ts';
import type { CredentialForm } from '../shared/account.ts';

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
    'stopWords',
    'baseUrl',
  ],
};

export const instagramAccount = accountGetter(INSTAGRAM_ACCOUNT);
