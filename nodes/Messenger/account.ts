/** The Facebook Page of the credential `parleyMessengerApi`. */
import { accountGetter } from '../shared/account-getter.ts';
import type { CredentialForm } from '../shared/account.ts';

const MESSENGER_ACCOUNT: CredentialForm = {
  credential: 'parleyMessengerApi',
  displayName: 'Messenger Page API',
  identifiedBy: ['Page ID'],
  channel: 'messenger',
  externalId: 'pageId',
  settings: ['pageId', 'pageAccessToken', 'appId', 'appSecret', 'verifyToken', 'apiVersion', 'stopWords', 'baseUrl'],
};

export const messengerAccount = accountGetter(MESSENGER_ACCOUNT);
