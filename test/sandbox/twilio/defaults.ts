import type { StandInOptions } from '../kit/stand-in.ts';

export type Line = 'sms' | 'whatsapp';

/** The account that the sandbox knows when nothing else is said. */
export const TWILIO_DEFAULTS = {
  accountSid: 'AC00000000000000000000000000000001',
  authToken: '0123456789abcdef0123456789abcdef',
  apiKeySid: 'SK00000000000000000000000000000001',
  apiKeySecret: 'parley-sandbox-api-key-secret',
  smsNumber: '+15550002222',
  shortCode: '55512',
  whatsappSender: '+14155550100',
  messagingServiceSid: 'MG00000000000000000000000000000001',
} as const;

/** What can be switched, before the start or at any time through `sandbox.settings`. */
export interface TwilioSandboxSettings {
  authToken: string;
  accountStatus: 'active' | 'suspended' | 'closed';
  /** The line on which people write when a test does not say. */
  line: Line;
  /** Messages per second (20429); null: no limit. */
  perSecond: number | null;
  /** A trial account: only these numbers may be written to (21608); null: everybody. */
  verifiedRecipients: string[] | null;
  /** Numbers that cannot get texts (21614), people without WhatsApp (63003 by status). */
  unreachable: string[];
  /** Whether 63016 comes as the answer or later as `undelivered`. */
  windowErrors: 'at_once' | 'by_status';
  /** Twilio answers STOP itself and tells it (`OptOutType`); false: it keeps it to itself. */
  advancedOptOut: boolean;
  /** Statuses an accepted message gets by itself; `read` on WhatsApp only. */
  autoStatuses: string[];
  statusOrder: 'in_order' | 'reversed';
  /** What happens to a template after it was submitted. */
  templateReview: 'approve' | 'reject' | 'hold';
  /** A file shows up only after so many requests for it. */
  mediaMisses: number;
}

/** Options of `startTwilioSandbox`; every setting may be given as well. */
export interface TwilioSandboxOptions extends Partial<TwilioSandboxSettings>, StandInOptions {
  /** Where everything that people write goes, from the start. */
  webhookUrl?: string;
}

/** The settings a sandbox starts with when nothing else is said. */
export const DEFAULT_SETTINGS: TwilioSandboxSettings = {
  authToken: TWILIO_DEFAULTS.authToken,
  accountStatus: 'active',
  line: 'whatsapp',
  perSecond: null,
  verifiedRecipients: null,
  unreachable: [],
  windowErrors: 'by_status',
  advancedOptOut: true,
  autoStatuses: ['sent', 'delivered', 'read'],
  statusOrder: 'in_order',
  templateReview: 'approve',
  mediaMisses: 0,
};

/** Twilio tries once more when it cannot connect. */
export const RETRY_DELAYS_MS = [200];
