import { systemClock, type SandboxClock } from '../kit/clock.ts';
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
export interface MetaSandboxOptions extends Partial<MetaSandboxSettings> {
  /** 0 (default): any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  clock?: SandboxClock;
  /** Makes the unique part of every id; default: a random UUID. */
  newId?: () => string;
  /** Subscribes this URL to everything of the Page at start, without a handshake. */
  messengerWebhookUrl?: string;
  /** The same for the Instagram account. */
  instagramWebhookUrl?: string;
  /** Pauses before the second, third, … delivery of a webhook. */
  webhookRetryDelaysMs?: number[];
  webhookTimeoutMs?: number;
}

const SCOPES = [
  'pages_messaging',
  'pages_manage_metadata',
  'pages_show_list',
  'pages_utility_messaging',
  'instagram_basic',
  'instagram_manage_messages',
  'instagram_business_basic',
  'instagram_business_manage_messages',
];

/** The settings a sandbox starts with. */
export function initialSettings(options: MetaSandboxOptions): MetaSandboxSettings {
  const { appId, appSecret, pageId, pageName, pageAccessToken, igUserId, igUsername, igAccessToken } = META_DEFAULTS;
  return {
    appId: options.appId ?? appId,
    appSecret: options.appSecret ?? appSecret,
    pageId: options.pageId ?? pageId,
    pageName: options.pageName ?? pageName,
    pageAccessToken: options.pageAccessToken ?? pageAccessToken,
    igUserId: options.igUserId ?? igUserId,
    igUsername: options.igUsername ?? igUsername,
    igAccessToken: options.igAccessToken ?? igAccessToken,
    scopes: options.scopes ?? [...SCOPES],
    requireAppSecretProof: options.requireAppSecretProof ?? false,
    unreachable: options.unreachable ?? [],
    knowsEverybody: options.knowsEverybody ?? false,
    hasHumanAgent: options.hasHumanAgent ?? true,
    autoStatuses: options.autoStatuses ?? ['sent', 'delivered', 'read'],
    statusOrder: options.statusOrder ?? 'in_order',
    namesDelivered: options.namesDelivered ?? true,
    pageInboxAppId: options.pageInboxAppId ?? META_DEFAULTS.pageInboxAppId,
    instagramInboxAppId: options.instagramInboxAppId ?? META_DEFAULTS.instagramInboxAppId,
    templateReview: options.templateReview ?? 'approve',
  };
}

/** What is fixed for a sandbox's life. */
export function fixedOptions(options: MetaSandboxOptions) {
  return {
    clock: options.clock ?? systemClock,
    webhookRetryDelaysMs: options.webhookRetryDelaysMs ?? [100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000, 3000],
    webhookTimeoutMs: options.webhookTimeoutMs ?? 5_000,
  };
}
