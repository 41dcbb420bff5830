/** What a send may ask beyond the contract. */
import { z } from 'zod';
import { SendError } from '../../core/errors.ts';
import { MAX_APART_MS } from '../kit/provider-clock.ts';
import type { TwilioSettings } from './settings.ts';

const MINUTE = 60_000;
const SOONEST_MS = 15 * MINUTE;
const LATEST_MS = 35 * 24 * 60 * MINUTE;
/** Ten hours: as long as Twilio queues a message. */
const MAX_VALIDITY_SECONDS = 36_000;

const both = {
  messagingServiceSid: z
    .string()
    .regex(/^MG[0-9a-fA-F]{32}$/, 'must be the SID of a Messaging Service: MG and 32 hex digits')
    .optional(),
  // Without an offset it would be the time of whatever machine the service runs on.
  sendAt: z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 instant with its offset, like 2026-12-24T18:00:00Z' })
    .optional(),
  validityPeriodSeconds: z
    .number()
    .int()
    .min(1, 'must be a whole number from 1 to 36000')
    .max(MAX_VALIDITY_SECONDS, 'must be a whole number from 1 to 36000')
    .optional(),
};

export const smsOptions = z.strictObject({
  ...both,
  smartEncoded: z.boolean().optional(),
  shortenUrls: z.boolean().optional(),
  sendAsMms: z.boolean().optional(),
  riskCheck: z.enum(['enable', 'disable']).optional(),
});

export const whatsappOptions = z.strictObject(both);

export type SmsOptions = z.output<typeof smsOptions>;

/** What only the moment of sending tells; what only differing clocks may make wrong is left to Twilio. Throws `SendError('invalid')`. */
export function checkSchedule(options: SmsOptions, settings: TwilioSettings, now: number): void {
  if (options.sendAt === undefined) return;
  if ((options.messagingServiceSid ?? settings.messagingServiceSid) === undefined) {
    throw new SendError(
      'invalid',
      'sendAt needs a Messaging Service: give messagingServiceSid, here or in the account.',
    );
  }
  const aheadMs = Date.parse(options.sendAt) - now;
  if (aheadMs < SOONEST_MS - MAX_APART_MS || aheadMs > LATEST_MS + MAX_APART_MS) {
    throw new SendError('invalid', 'sendAt must be at least 15 minutes and at most 35 days ahead.');
  }
}
