/** Settings of a Facebook Page that talks on Messenger. */
import { z } from 'zod';
import {
  appSecretMember,
  baseUrlMember,
  madeVerifyToken,
  metaId,
  secret,
  versionMember,
} from '../protocols/meta/settings.ts';

/** The inbox of Meta Business Suite as an app: what it sends was written by a person. */
const PAGE_INBOX_APP_ID = '263902037430900';

const given = z.strictObject({
  pageId: metaId,
  /** Page token with pages_messaging and pages_manage_metadata. */
  pageAccessToken: secret,
  appSecret: appSecretMember,
  /** Meta app: webhook subscription, token inspection. */
  appId: metaId.optional(),
  /** Meta proves the webhook URL with it. Only worth choosing when the URL is entered at Meta by hand; else one is made. */
  verifyToken: secret.optional(),
  apiVersion: versionMember('v25.0'),
  baseUrl: baseUrlMember.default('https://graph.facebook.com'),
  /** The app by which people answer. */
  inboxAppId: metaId.default(PAGE_INBOX_APP_ID),
});

export type MessengerSettings = z.output<typeof given>;

export const settingsSchema: z.ZodType<MessengerSettings> = given.transform((settings) => ({
  ...settings,
  verifyToken: settings.verifyToken ?? madeVerifyToken(settings, settings.pageId),
}));
