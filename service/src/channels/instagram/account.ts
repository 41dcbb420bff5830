/** An Instagram account as the shared parts of Meta's channels see it. */
import type { MetaAccount } from '../protocols/meta/account.ts';
import { INSTAGRAM } from '../protocols/meta/dialect.ts';
import { faultOf } from '../protocols/meta/errors.ts';
import { appSecrets } from '../protocols/meta/settings.ts';
import type { InstagramSettings } from './settings.ts';

const INSTAGRAM_HOST = 'https://graph.instagram.com';
/** The app itself lives here, whichever log-in its accounts use. */
const FACEBOOK_HOST = 'https://graph.facebook.com';

export function accountOf(settings: InstagramSettings): MetaAccount {
  const { baseUrl, apiVersion, accessToken, igUserId, pageId, appId, verifyToken, loginType } = settings;
  const isPage = loginType === 'facebook';
  return {
    access: {
      baseUrl,
      appBaseUrl: baseUrl === INSTAGRAM_HOST ? FACEBOOK_HOST : baseUrl,
      apiVersion,
      token: accessToken,
      appId,
      appSecrets: appSecrets(settings),
      // The proof is one of the Facebook app's secret; nothing says that Instagram's own host takes one.
      isProved: isPage,
      otherSecrets: verifyToken === undefined ? [] : [verifyToken],
      readFault: faultOf,
    },
    dialect: INSTAGRAM,
    node: isPage && pageId !== undefined ? pageId : igUserId,
    platform: 'instagram',
    identityKind: 'igsid',
  };
}
