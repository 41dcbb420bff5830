/** What the settings of every account at Meta have in common. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { webhookSecretMember, webhookSecretsOf } from '../../kit/webhook-secret.ts';

export { baseUrlMember } from '../../kit/base-url.ts';

/** An id of Meta's, also safe as a part of a path. */
export const metaId = z.string().regex(/^\d{1,32}$/, 'must be the numeric id that Meta shows, digits only');
export const secret = z.string().min(1).max(4096);

/** Reads the app secret, or several during a rotation, the current one first. Without it every webhook is refused. */
export const appSecretMember = webhookSecretMember(secret);

/** Graph API version, pinned so that Meta's yearly changes come when you choose. */
export const versionMember = (version: string): z.ZodDefault<z.ZodString> =>
  z
    .string()
    .regex(/^v\d{1,3}\.\d{1,2}$/, `must look like ${version}`)
    .default(version);

/** Lists the app secrets, the current one first; none when it is not configured. */
export function appSecrets({ appSecret }: { appSecret?: string | string[] | undefined }): string[] {
  return webhookSecretsOf(appSecret);
}

/** Always the same for the same app and account, so that nothing has to be remembered; tells nothing of the secret. */
export function madeVerifyToken(
  settings: { appSecret?: string | string[] | undefined },
  account: string,
): string | undefined {
  const [current] = appSecrets(settings);
  if (current === undefined) return undefined;
  return createHmac('sha256', current).update(`parley verify token ${account}`).digest('hex').slice(0, 32);
}
