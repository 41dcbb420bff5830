/** A Page as the shared parts of Meta's channels see it. */
import type { MetaAccount } from '../protocols/meta/account.ts';
import { MESSENGER } from '../protocols/meta/dialect.ts';
import { faultOf } from '../protocols/meta/errors.ts';
import { appSecrets } from '../protocols/meta/settings.ts';
import type { MessengerSettings } from './settings.ts';

export function accountOf(settings: MessengerSettings): MetaAccount {
  const { baseUrl, apiVersion, pageAccessToken, pageId, appId, verifyToken } = settings;
  return {
    access: {
      baseUrl,
      apiVersion,
      token: pageAccessToken,
      appId,
      appSecrets: appSecrets(settings),
      isProved: true,
      otherSecrets: verifyToken === undefined ? [] : [verifyToken],
      readFault: faultOf,
    },
    dialect: MESSENGER,
    node: pageId,
    identityKind: 'psid',
  };
}
