/** Settings of a professional Instagram account, reached through its Facebook Page or by its own log-in. */
import { z } from 'zod';
import {
  appSecretMember,
  baseUrlMember,
  madeVerifyToken,
  metaId,
  secret,
  versionMember,
} from '../protocols/meta/settings.ts';

/** The inbox of Instagram as an app: what it sends was written by a person. */
const INSTAGRAM_INBOX_APP_ID = '1217981644879628';

const HOSTS = { facebook: 'https://graph.facebook.com', instagram: 'https://graph.instagram.com' } as const;

const given = z
  .strictObject({
    /** `facebook`: the account is linked to a Page, and the token is the Page's; `instagram`: the account's own token. */
    loginType: z.enum(['facebook', 'instagram']),
    /** The professional account's id (17841…), as webhooks name it. */
    igUserId: metaId,
    /** The linked Page: needed with `facebook`. */
    pageId: metaId.optional(),
    accessToken: secret,
    /** Of the Facebook app, then, when the app has one of its own for Instagram, that one: webhooks may be signed with either. */
    appSecret: appSecretMember,
    /** Meta app: webhook subscription, token inspection. */
    appId: metaId.optional(),
    /** Meta proves the webhook URL with it. Only worth choosing when the URL is entered at Meta by hand; else one is made. */
    verifyToken: secret.optional(),
    apiVersion: versionMember('v25.0'),
    /** Default: Meta's host for the log-in. */
    baseUrl: baseUrlMember.optional(),
    /** The app by which people answer. */
    inboxAppId: metaId.default(INSTAGRAM_INBOX_APP_ID),
  })
  .refine(({ loginType, pageId }) => loginType === 'instagram' || pageId !== undefined, {
    path: ['pageId'],
    message: 'is needed when the account is reached through its Facebook Page (loginType facebook)',
  });

export type InstagramSettings = z.output<typeof given> & { baseUrl: string };

export const settingsSchema: z.ZodType<InstagramSettings> = given.transform((settings) => ({
  ...settings,
  verifyToken: settings.verifyToken ?? madeVerifyToken(settings, settings.igUserId),
  baseUrl: settings.baseUrl ?? HOSTS[settings.loginType],
}));
