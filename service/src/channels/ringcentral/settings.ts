/** Settings of one source of a RingCentral Engage domain: an inbox of one channel. */
import { z } from 'zod';
import { baseUrlMember } from '../kit/base-url.ts';
import { webhookSecretMember, webhookSecretsOf } from '../kit/webhook-secret.ts';

const id = z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 hex digits');
/** RingCentral takes ASCII of less than 256 characters (page "Webhooks"). */
const secret = z.string().regex(/^[\x21-\x7e]{8,255}$/, 'must be 8 to 255 ASCII characters without spaces');

/** Where accounts live: today's platform, or the one that older customers are on. */
const PLATFORMS = { ringcentral: 'digital.ringcentral.com', dimelo: 'engagement.dimelo.com' } as const;

export const settingsSchema = z.strictObject({
  domain: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/i, "must be the part of the account's address before the platform"),
  platform: z.enum(['ringcentral', 'dimelo']).optional(),
  /** Made in Admin → API access tokens; it acts as one agent. */
  accessToken: z.string().min(8).max(4096),
  /** The inbox whose people this account talks with. Absent: those of all that no other account has. */
  sourceId: id.optional(),
  /** The secret of the webhook: one, or several during a rotation. Without it every webhook is refused. */
  webhookSecret: webhookSecretMember(secret),
  /** What RingCentral sends when it checks the webhook's address. Absent: its secret is enough. */
  verifyToken: z.string().min(1).max(255).optional(),
  /** The agent as whom the token acts: what they do is done by the bot. */
  agentId: id.optional(),
  /** Identities of the business on its sources: what they say is no customer's message. */
  ownIds: z.array(id).max(200).optional(),
  /** A stand-in's address: takes the place of the domain's API. */
  baseUrl: baseUrlMember.optional(),
});

export type RingCentralSettings = z.output<typeof settingsSchema>;

/** Where the API answers, without a closing slash. */
export function hostOf({ baseUrl, domain, platform = 'ringcentral' }: RingCentralSettings): string {
  return baseUrl ?? `https://${domain.toLowerCase()}.api.${PLATFORMS[platform]}`;
}

/** Lists the secrets that prove webhooks, the current one first; none when it is not configured. */
export function webhookSecrets({ webhookSecret }: RingCentralSettings): string[] {
  return webhookSecretsOf(webhookSecret);
}

/** An account without a source hears those of all that no other account has. */
export const ANY_SOURCE = 'any source';
