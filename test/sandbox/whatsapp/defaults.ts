import type { StandInOptions } from '../kit/stand-in.ts';

/** The account that the sandbox knows when nothing else is said. */
export const SANDBOX_DEFAULTS = {
  appId: '654839201847362',
  appSecret: '0123456789abcdef0123456789abcdef',
  accessToken: 'EAAparleysandboxtoken',
  wabaId: '102290129340398',
  businessId: '506914307656634',
  phoneNumberId: '106540352242922',
  displayPhoneNumber: '15550783881',
  verifiedName: 'Parley Test Shop',
  verifyToken: 'parley-sandbox-verify-token',
  apiVersion: 'v23.0',
  catalogId: '194836987003835',
} as const;

export type Scope = 'whatsapp_business_messaging' | 'whatsapp_business_management';
export type StatusName = 'sent' | 'delivered' | 'read' | 'played' | 'failed';

/** A phone number of the WABA. `displayPhoneNumber`: digits with country code. */
export interface PhoneNumberOptions {
  id: string;
  displayPhoneNumber: string;
  verifiedName?: string;
}

/** What can be switched, before the start or at any time through `sandbox.settings`. */
export interface SandboxSettings {
  appId: string;
  appSecret: string;
  accessToken: string;
  wabaId: string;
  businessId: string;
  /** Permissions of the access token. */
  scopes: Scope[];
  /** The app has "Require App Secret" on: every call needs `appsecret_proof`. */
  requireAppSecretProof: boolean;
  /** 1 message per 6 s and recipient, burst 45 (131056). */
  limitPairRate: boolean;
  /** Messages per second and number, in and out (130429); null: no limit. */
  throughputPerSecond: number | null;
  /** What the number says of its throughput. */
  throughputLevel: 'STANDARD' | 'HIGH' | 'NOT_APPLICABLE';
  /** The number is also used in the WhatsApp Business app. */
  isOnBizApp: boolean;
  /** Test number: only these may be written to (131030); null: everybody. */
  allowedRecipients: string[] | null;
  /** People (wa_id or user id) who cannot be reached (131026). */
  unreachable: string[];
  /** Whether 131047, 131026 and 131050 come as the answer or later as a `failed` status. */
  recipientErrors: 'at_once' | 'by_status';
  /** Statuses an accepted message gets by itself. */
  autoStatuses: StatusName[];
  /** How they are posted: each after the one before, back to front, or all at once. */
  statusOrder: 'in_order' | 'reversed' | 'concurrent';
  /** What happens to a template after it was created or edited. */
  templateReview: 'approve' | 'reject' | 'hold';
}

/** Options of `startWhatsAppSandbox`; every setting may be given as well. */
export interface WhatsAppSandboxOptions extends Partial<SandboxSettings>, StandInOptions {
  phoneNumbers?: PhoneNumberOptions[];
  /** Subscribes this URL to every field at start, without a handshake. */
  webhookUrl?: string;
}

const { appId, appSecret, accessToken, wabaId, businessId } = SANDBOX_DEFAULTS;

/** The settings a sandbox starts with when nothing else is said. */
export const DEFAULT_SETTINGS: SandboxSettings = {
  ...{ appId, appSecret, accessToken, wabaId, businessId },
  scopes: ['whatsapp_business_messaging', 'whatsapp_business_management'],
  requireAppSecretProof: false,
  limitPairRate: true,
  throughputPerSecond: 80,
  throughputLevel: 'STANDARD',
  isOnBizApp: false,
  allowedRecipients: null,
  unreachable: [],
  recipientErrors: 'at_once',
  autoStatuses: ['sent', 'delivered', 'read'],
  statusOrder: 'in_order',
  templateReview: 'approve',
};
