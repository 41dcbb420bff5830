import { systemClock, type SandboxClock } from '../kit/clock.ts';

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
export interface WhatsAppSandboxOptions extends Partial<SandboxSettings> {
  /** 0 (default): any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  clock?: SandboxClock;
  /** Makes the unique part of every id; default: a random UUID. */
  newId?: () => string;
  phoneNumbers?: PhoneNumberOptions[];
  /** Subscribes this URL to every field at start, without a handshake. */
  webhookUrl?: string;
  /** Pauses before the second, third, … delivery of a webhook. */
  webhookRetryDelaysMs?: number[];
  webhookTimeoutMs?: number;
}

/** The settings a sandbox starts with. */
export function initialSettings(options: WhatsAppSandboxOptions): SandboxSettings {
  return {
    appId: options.appId ?? SANDBOX_DEFAULTS.appId,
    appSecret: options.appSecret ?? SANDBOX_DEFAULTS.appSecret,
    accessToken: options.accessToken ?? SANDBOX_DEFAULTS.accessToken,
    wabaId: options.wabaId ?? SANDBOX_DEFAULTS.wabaId,
    businessId: options.businessId ?? SANDBOX_DEFAULTS.businessId,
    scopes: options.scopes ?? ['whatsapp_business_messaging', 'whatsapp_business_management'],
    requireAppSecretProof: options.requireAppSecretProof ?? false,
    limitPairRate: options.limitPairRate ?? true,
    throughputPerSecond: options.throughputPerSecond === undefined ? 80 : options.throughputPerSecond,
    throughputLevel: options.throughputLevel ?? 'STANDARD',
    isOnBizApp: options.isOnBizApp ?? false,
    allowedRecipients: options.allowedRecipients ?? null,
    unreachable: options.unreachable ?? [],
    recipientErrors: options.recipientErrors ?? 'at_once',
    autoStatuses: options.autoStatuses ?? ['sent', 'delivered', 'read'],
    statusOrder: options.statusOrder ?? 'in_order',
    templateReview: options.templateReview ?? 'approve',
  };
}

/** The clock, numbers and retry pauses that are fixed for a sandbox's life. */
export function fixedOptions(options: WhatsAppSandboxOptions) {
  return {
    clock: options.clock ?? systemClock,
    phoneNumbers: options.phoneNumbers ?? [
      {
        id: SANDBOX_DEFAULTS.phoneNumberId,
        displayPhoneNumber: SANDBOX_DEFAULTS.displayPhoneNumber,
        verifiedName: SANDBOX_DEFAULTS.verifiedName,
      },
    ],
    webhookRetryDelaysMs: options.webhookRetryDelaysMs ?? [100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000, 3000],
    webhookTimeoutMs: options.webhookTimeoutMs ?? 5_000,
  };
}
