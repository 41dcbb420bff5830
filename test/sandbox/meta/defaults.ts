import type { StandInOptions } from '../kit/stand-in.ts';
import type { CustomerSettings } from './customer-world.ts';

/** The Page and the Instagram account that the sandbox knows when nothing else is said. */
export const META_DEFAULTS = {
  appId: '654839201847362',
  appSecret: '0123456789abcdef0123456789abcdef',
  pageId: '1234567890',
  pageName: 'Parley Test Shop',
  pageAccessToken: 'EAAparleysandboxpagetoken',
  igUserId: '17841400000000000',
  igUsername: 'parley.test.shop',
  /** The token of the Instagram log-in; with the Facebook log-in the Page's token does it all. */
  igAccessToken: 'IGAAparleysandboxtoken',
  verifyToken: 'parley-sandbox-verify-token',
  apiVersion: 'v25.0',
  pageInboxAppId: '263902037430900',
  instagramInboxAppId: '1217981644879628',
} as const;

/** What can be switched, before the start or at any time through `sandbox.settings`. */
export interface MetaSandboxSettings extends Pick<CustomerSettings, 'autoStatuses' | 'statusOrder' | 'namesDelivered'> {
  appId: string;
  appSecret: string;
  pageId: string;
  pageName: string;
  pageAccessToken: string;
  igUserId: string;
  igUsername: string;
  igAccessToken: string;
  /** Permissions of the tokens. */
  scopes: string[];
  /** The app has "Require App Secret" on: every call with the Page's token needs `appsecret_proof`. */
  requireAppSecretProof: boolean;
  /** People who cannot be written to any more (551). */
  unreachable: string[];
  /** Anybody may be written to, not only who wrote before (100/2018001). */
  knowsEverybody: boolean;
  /** The app has the feature Human Agent. */
  hasHumanAgent: boolean;
  pageInboxAppId: string;
  instagramInboxAppId: string;
  /** What happens to a template after it was created. */
  templateReview: 'approve' | 'reject' | 'hold';
}

/** Options of `startMetaSandbox`; every setting may be given as well. */
export interface MetaSandboxOptions extends Partial<MetaSandboxSettings>, StandInOptions {
  /** Subscribes this URL to everything of the Page at start, without a handshake. */
  messengerWebhookUrl?: string;
  /** The same for the Instagram account. */
  instagramWebhookUrl?: string;
}

const { appId, appSecret, pageId, pageName, pageAccessToken, igUserId, igUsername, igAccessToken } = META_DEFAULTS;
const { pageInboxAppId, instagramInboxAppId } = META_DEFAULTS;

/** The settings a sandbox starts with when nothing else is said. */
export const DEFAULT_SETTINGS: MetaSandboxSettings = {
  ...{ appId, appSecret, pageId, pageName, pageAccessToken, igUserId, igUsername, igAccessToken },
  ...{ pageInboxAppId, instagramInboxAppId },
  scopes: [
    'pages_messaging',
    'pages_manage_metadata',
    'pages_show_list',
    'pages_utility_messaging',
    'instagram_basic',
    'instagram_manage_messages',
    'instagram_business_basic',
    'instagram_business_manage_messages',
  ],
  requireAppSecretProof: false,
  unreachable: [],
  knowsEverybody: false,
  hasHumanAgent: true,
  autoStatuses: ['sent', 'delivered', 'read'],
  statusOrder: 'in_order',
  namesDelivered: true,
  templateReview: 'approve',
};
