/** Settings of accounts as callers give them. */
import type { Channel } from '../channels/channel.ts';
import { accountPolicy } from '../core/account-policy.ts';
import { ParleyError } from '../core/errors.ts';
import { fieldErrors } from '../core/validation.ts';

/**
 * Reads settings: those of every account, and the rest by the channel's own schema. Throws `invalid_settings` (400) that names each bad member.
 */
export function readSettings(channel: Channel, externalId: string, given: Record<string, unknown>): unknown {
  const { stopWords, ...own } = given;
  const policy = accountPolicy.safeParse(stopWords === undefined ? {} : { stopWords });
  const parsed = channel.settings.safeParse(own);
  if (!parsed.success || !policy.success) {
    const errors = [parsed, policy].flatMap(({ error }) => (error ? fieldErrors(error) : []));
    const fields = errors.map((error) => error.field).join(', ');
    throw new ParleyError(400, 'invalid_settings', `These settings of ${channel.name} are not right: ${fields}`, {
      errors,
    });
  }
  if (channel.externalId(parsed.data) !== externalId) {
    const detail = `The address names account '${externalId}', the settings another one`;
    throw new ParleyError(400, 'invalid_settings', detail);
  }
  return { ...(parsed.data as object), ...policy.data };
}
