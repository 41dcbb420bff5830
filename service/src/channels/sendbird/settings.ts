/** Settings of one sender in a Sendbird application: a bot, or a user that stands for the business. */
import { z } from 'zod';
import { baseUrlMember } from '../kit/base-url.ts';
import { webhookSecretMember, webhookSecretsOf } from '../kit/webhook-secret.ts';

const token = z.string().min(8).max(4096);
/** Sendbird takes 80 characters (page "Create a user"). They stand in addresses, so no space is among them. */
const userId = z.string().regex(/^\S{1,80}$/, 'must be a user ID of the application: up to 80 characters, no spaces');

export const settingsSchema = z.strictObject({
  applicationId: z.string().regex(/^[0-9A-Za-z-]{8,64}$/, 'must be the Application ID, as the dashboard shows it'),
  /** The master API token, or a secondary one. */
  apiToken: token,
  /** Sendbird signs webhooks with the master token: one, or several during a rotation. Without it every webhook is refused. */
  webhookToken: webhookSecretMember(token),
  /** Who writes for the business. */
  senderId: userId,
  /** `bot`: the sender was made by the bot API, whose messages may carry suggested replies. Absent: a user. */
  senderType: z.enum(['user', 'bot']).optional(),
  /** Others who write for the business, such as agents: what they say is no customer's message. */
  staffIds: z.array(userId).max(200).optional(),
  /** The app draws what Parley puts into `data` (docs/sendbird.md): buttons, lists, times, forms. Absent: it shows texts and files. */
  drawsContent: z.boolean().optional(),
  /** Messages a second that the application's tier allows, for all of its senders together. Absent: a hundred. */
  perSecond: z.number().min(1).max(1000).optional(),
  /** A stand-in's address: takes the place of the application's host. */
  baseUrl: baseUrlMember.optional(),
});

export type SendbirdSettings = z.output<typeof settingsSchema>;

/** Lists the tokens that sign webhooks, the current one first; none when it is not configured. */
export function webhookTokens({ webhookToken }: SendbirdSettings): string[] {
  return webhookSecretsOf(webhookToken);
}

/** Every account hears what names nobody of the application's senders; the oldest comes first. */
export const ANY_SENDER = 'any sender';

/** Tells whether this user writes for the business. */
export function isOwn(id: string | undefined, { senderId, staffIds = [] }: SendbirdSettings): boolean {
  return id !== undefined && (id === senderId || staffIds.includes(id));
}
