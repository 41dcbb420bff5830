/** Settings of a WhatsApp Cloud API account. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';

const id = z.string().regex(/^\d{1,32}$/, 'must be the numeric id that Meta shows, digits only');
const secret = z.string().min(1).max(4096);

/** Tokens travel to this address: plain http is for a stand-in on the same machine only. */
function isSafeBase(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, search, hash, username } = new URL(value);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isLoopback)) && !search && !hash && !username;
}

const given = z.strictObject({
  /** System-user or business token with whatsapp_business_messaging and whatsapp_business_management. */
  accessToken: secret,
  /** The id of the sending number; not the number itself. */
  phoneNumberId: id,
  /** WhatsApp Business account: templates, account events. */
  wabaId: id.optional(),
  /** Meta app: webhook subscription, sample files of templates. */
  appId: id.optional(),
  /** One, or several during a rotation, the current one first. Without it every webhook is refused. */
  appSecret: z.union([secret, z.array(secret).min(1).max(5)]).optional(),
  /** Meta proves the webhook URL with it. Only worth choosing when the URL is entered at Meta by hand; else one is made. */
  verifyToken: secret.optional(),
  /** Graph API version, pinned so that Meta's yearly changes come when you choose. */
  apiVersion: z
    .string()
    .regex(/^v\d{1,3}\.\d{1,2}$/, 'must look like v23.0')
    .default('v23.0'),
  /** Where the Graph API answers; a stand-in takes Meta's place here. */
  baseUrl: z
    .string()
    .refine(isSafeBase, 'must be an https URL without query (plain http on this machine only)')
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://graph.facebook.com'),
});

export type WhatsAppSettings = z.output<typeof given>;

export const settingsSchema: z.ZodType<WhatsAppSettings> = given.transform((settings) => ({
  ...settings,
  verifyToken: settings.verifyToken ?? madeVerifyToken(settings),
}));

/** Always the same for the same app and number, so that nothing has to be remembered; tells nothing of the secret. */
function madeVerifyToken(settings: WhatsAppSettings): string | undefined {
  const [current] = appSecrets(settings);
  if (current === undefined) return undefined;
  return createHmac('sha256', current)
    .update(`parley verify token ${settings.phoneNumberId}`)
    .digest('hex')
    .slice(0, 32);
}

/** The app secrets, the current one first; none when it is not configured. */
export function appSecrets(settings: Pick<WhatsAppSettings, 'appSecret'>): string[] {
  const { appSecret } = settings;
  if (appSecret === undefined) return [];
  return typeof appSecret === 'string' ? [appSecret] : appSecret;
}
