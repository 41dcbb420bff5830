import { SANDBOX_DEFAULTS } from '../whatsapp/defaults.ts';

/** The account that the stand-in knows; the number and the people are the WhatsApp sandbox's. */
export const DIALOG360_DEFAULTS = {
  apiKey: 'parley-sandbox-d360-key',
  phoneNumberId: SANDBOX_DEFAULTS.phoneNumberId,
  wabaId: SANDBOX_DEFAULTS.wabaId,
  webhookHeader: 'x-parley-webhook-secret',
  webhookSecret: 'parley-sandbox-webhook-secret',
} as const;

/** A webhook as 360dialog keeps it for a number. */
export interface KeptWebhook {
  url: string;
  headers: Record<string, string>;
}

/** What is 360dialog's own in the world behind it. Every member may be changed at any time. */
export interface Dialog360State {
  apiKey: string;
  /** The number's webhook; absent: nobody is told anything. */
  webhook?: KeptWebhook;
  /** Key of `x-360dialog-signature`; absent: no partner, no signature. */
  platformSecret?: string;
  /** The account itself: a number that was switched off, or a bill that is due. */
  standing: 'good' | 'disabled' | 'overdue';
  /** What Meta says of the number. */
  canSend: 'AVAILABLE' | 'LIMITED' | 'BLOCKED';
  /** Instants at which looking a file up was answered with an error. */
  refusedLookUps: number[];
}
