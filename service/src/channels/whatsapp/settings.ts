/** Settings of a WhatsApp Cloud API account. */
import { z } from 'zod';
import { countryMember } from '../kit/phone-number.ts';
import {
  appSecretMember,
  baseUrlMember,
  madeVerifyToken,
  metaId,
  secret,
  versionMember,
} from '../protocols/meta/settings.ts';

export { appSecrets } from '../protocols/meta/settings.ts';

const given = z.strictObject({
  /** System-user or business token with whatsapp_business_messaging and whatsapp_business_management. */
  accessToken: secret,
  /** The id of the sending number; not the number itself. */
  phoneNumberId: metaId,
  /** WhatsApp Business account: templates, account events. */
  wabaId: metaId.optional(),
  /** Meta app: webhook subscription, sample files of templates. */
  appId: metaId.optional(),
  appSecret: appSecretMember,
  /** Meta proves the webhook URL with it. Only worth choosing when the URL is entered at Meta by hand; else one is made. */
  verifyToken: secret.optional(),
  /** Of numbers that are written without their country's code. */
  defaultCountry: countryMember.optional(),
  apiVersion: versionMember('v23.0'),
  baseUrl: baseUrlMember.default('https://graph.facebook.com'),
});

export type WhatsAppSettings = z.output<typeof given>;

export const settingsSchema: z.ZodType<WhatsAppSettings> = given.transform((settings) => ({
  ...settings,
  verifyToken: settings.verifyToken ?? madeVerifyToken(settings, settings.phoneNumberId),
}));
