/** The account of the credential `parleySunshineApi`: one integration of an app, or all of them. */
import { accountGetter } from '../shared/account-getter.ts';
import type { CredentialForm } from '../shared/account.ts';

export const SUNSHINE_ACCOUNT: CredentialForm = {
  credential: 'parleySunshineApi',
  displayName: 'Sunshine Conversations API',
  identifiedBy: ['Integration ID', 'App ID'],
  channel: 'sunshine',
  externalId: ['integrationId', 'appId'],
  settings: [
    ...['appId', 'keyId', 'secret', 'subdomain', 'region', 'integrationId', 'webhookSecret', 'switchboardName'],
    ...['templateNamespace', 'stopWords', 'baseUrl'],
  ],
  rotated: 'webhookSecret',
};

export const sunshineAccount = accountGetter(SUNSHINE_ACCOUNT);
