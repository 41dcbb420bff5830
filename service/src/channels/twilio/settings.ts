/** Settings of one Twilio sender: a number, a short code, a name, or a Messaging Service. */
import { z } from 'zod';
import { baseUrlMember } from '../kit/base-url.ts';
import { countryMember, type NumberSettings } from '../kit/phone-number.ts';
import { webhookSecretMember, webhookSecretsOf } from '../kit/webhook-secret.ts';

const secret = z.string().min(8).max(4096);

function sid(prefix: string, what: string): z.ZodString {
  return z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `must be ${what}: ${prefix} and 32 hex digits`);
}

const shared = {
  accountSid: sid('AC', 'the Account SID'),
  /** One, or several during a rotation, the current one first. Twilio signs webhooks with it: without it every webhook is refused. */
  authToken: webhookSecretMember(secret),
  /** A key for calls, instead of the auth token; it cannot check webhooks. */
  apiKeySid: sid('SK', 'the SID of an API key').optional(),
  apiKeySecret: secret.optional(),
  messagingServiceSid: sid('MG', 'the SID of a Messaging Service').optional(),
  /** Of numbers that are written without their country's code. */
  defaultCountry: countryMember.optional(),
  /** A stand-in's address: takes the place of all of Twilio's hosts. */
  baseUrl: baseUrlMember.optional(),
};

/** `+` and E.164 digits, a short code, or a name of up to 11 letters, digits, spaces and some signs. */
const SMS_SENDER = /^(\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])(?! )[A-Za-z0-9 &_+-]{1,11}(?<! ))$/;

const smsFrom = z
  .string()
  .regex(SMS_SENDER, 'must be a number like +15550002222, a short code, or a name of up to 11 letters and digits');

const whatsappFrom = z
  .string()
  .transform((from) => from.replace(/^whatsapp:/i, ''))
  .refine((from) => /^\+[1-9]\d{6,14}$/.test(from), 'must be a WhatsApp sender like +14155238886');

interface Given {
  authToken?: unknown;
  apiKeySid?: unknown;
  apiKeySecret?: unknown;
  messagingServiceSid?: unknown;
  from?: unknown;
}

/** Calls need the auth token or a whole API key. */
function checkKeys(given: Given, context: z.RefinementCtx): void {
  const isHalf = (given.apiKeySid === undefined) !== (given.apiKeySecret === undefined);
  if (isHalf) {
    const path = [given.apiKeySid === undefined ? 'apiKeySid' : 'apiKeySecret'];
    context.addIssue({ code: 'custom', path, message: 'apiKeySid and apiKeySecret go together' });
  }
  if (given.authToken === undefined && given.apiKeySid === undefined) {
    context.addIssue({ code: 'custom', path: ['authToken'], message: 'authToken or an API key is required' });
  }
}

export const smsSettings = z
  .strictObject({ ...shared, from: smsFrom.optional() })
  .superRefine(checkKeys)
  .superRefine((given, context) => {
    if (given.from !== undefined || given.messagingServiceSid !== undefined) return;
    context.addIssue({ code: 'custom', path: ['from'], message: 'from or messagingServiceSid is required' });
  });

export const whatsappSettings = z.strictObject({ ...shared, from: whatsappFrom }).superRefine(checkKeys);

export interface TwilioSettings extends NumberSettings {
  accountSid: string;
  authToken?: string | string[] | undefined;
  apiKeySid?: string | undefined;
  apiKeySecret?: string | undefined;
  from?: string | undefined;
  messagingServiceSid?: string | undefined;
  baseUrl?: string | undefined;
}

/** Lists the auth tokens, the current one first; none when it is not configured. */
export function authTokens({ authToken }: TwilioSettings): string[] {
  return webhookSecretsOf(authToken);
}

/** How Twilio names the account's sender: the number or name, else its Messaging Service. */
export function senderOf({ from, messagingServiceSid }: TwilioSettings): string {
  return from ?? messagingServiceSid ?? '';
}

/** An account without a number of its own hears what is written to any number that leads here and is no other account's. */
export const ANY_NUMBER = 'any number';

/** The addresses by which webhooks name the account. */
export function addressesOf(settings: TwilioSettings): string[] {
  return [senderOf(settings), ...(settings.from === undefined ? [ANY_NUMBER] : [])];
}
