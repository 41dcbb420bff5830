import { systemClock, type SandboxClock } from '../kit/clock.ts';

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
export interface TwilioSandboxOptions extends Partial<TwilioSandboxSettings> {
  /** 0 (default): any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  clock?: SandboxClock;
  /** Makes the unique part of every id; default: a random UUID. */
  newId?: () => string;
  /** Where everything that people write goes, from the start. */
  webhookUrl?: string;
  /** Pauses before the second, third, … delivery of a webhook: Twilio tries once more when it cannot connect. */
  webhookRetryDelaysMs?: number[];
  webhookTimeoutMs?: number;
}

/** The settings a sandbox starts with. */
export function initialSettings(options: TwilioSandboxOptions): TwilioSandboxSettings {
  return {
    authToken: options.authToken ?? TWILIO_DEFAULTS.authToken,
    accountStatus: options.accountStatus ?? 'active',
    line: options.line ?? 'whatsapp',
    perSecond: options.perSecond ?? null,
    verifiedRecipients: options.verifiedRecipients ?? null,
    unreachable: options.unreachable ?? [],
    windowErrors: options.windowErrors ?? 'by_status',
    advancedOptOut: options.advancedOptOut ?? true,
    autoStatuses: options.autoStatuses ?? ['sent', 'delivered', 'read'],
    statusOrder: options.statusOrder ?? 'in_order',
    templateReview: options.templateReview ?? 'approve',
    mediaMisses: options.mediaMisses ?? 0,
  };
}

/** What is fixed for a sandbox's life. */
export function fixedOptions(options: TwilioSandboxOptions) {
  return {
    clock: options.clock ?? systemClock,
    retryDelaysMs: options.webhookRetryDelaysMs ?? [200],
    timeoutMs: options.webhookTimeoutMs ?? 5_000,
  };
}
