/** Reads the secrets in an account's settings that prove webhooks. */
import { z } from 'zod';

/**
 * Makes the member for a secret that proves webhooks: one, or several during a rotation, the current one first. It is optional: an account without it
 * sends with its other secrets, or by what the provider makes later, and `verify` refuses its webhooks as `not_configured`.
 */
export function webhookSecretMember<S extends z.ZodType<string>>(
  secret: S,
): z.ZodOptional<z.ZodUnion<readonly [S, z.ZodArray<S>]>> {
  return z.union([secret, z.array(secret).min(1).max(5)]).optional();
}

/** Lists the secrets in such a member, the current one first; none when it is not set. */
export function webhookSecretsOf(member: string | readonly string[] | undefined): string[] {
  if (member === undefined) return [];
  return typeof member === 'string' ? [member] : [...member];
}
