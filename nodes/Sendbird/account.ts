/** The account of the credential `parleySendbirdApi`: one sender of an application. */
import { accountGetter } from '../shared/account-getter.ts';
import type { CredentialForm } from '../shared/account.ts';

export const SENDBIRD_ACCOUNT: CredentialForm = {
  credential: 'parleySendbirdApi',
  displayName: 'Sendbird API',
  identifiedBy: ['Application ID', 'Sender ID'],
  channel: 'sendbird',
  externalId: 'senderId',
  within: 'applicationId',
  settings: [
    ...['applicationId', 'apiToken', 'webhookToken', 'senderId', 'senderType', 'staffIds', 'drawsContent'],
    'perSecond',
    ...['stopWords', 'baseUrl'],
  ],
  rotated: 'webhookToken',
  lists: ['staffIds'],
};

export const sendbirdAccount = accountGetter(SENDBIRD_ACCOUNT);
