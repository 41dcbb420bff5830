/** Reads what a send asks of its channel beyond the contract. */
import type { Channel } from '../channels/channel.ts';
import { ParleyError } from '../core/errors.ts';
import { fieldErrors } from '../core/validation.ts';

/** Answers the options as the channel reads them; undefined: none were given. Throws `invalid_content` (400) that names each bad one. */
export function readOptions(
  { name, sendOptions }: Channel,
  given: Record<string, unknown> | undefined,
): Record<string, unknown> | undefined {
  if (given === undefined) return undefined;
  if (sendOptions === undefined) {
    const errors = Object.keys(given).map((member) => refusal(member, `${name} has no such option`));
    if (errors.length > 0) throw refused(errors);
    return undefined;
  }
  const result = sendOptions.safeParse(given);
  if (result.success) return result.data;
  throw refused(fieldErrors(result.error).map(({ field, message }) => refusal(field, message)));
}

type Refusal = ReturnType<typeof refusal>;

function refusal(member: string, message: string) {
  return { field: member === '' ? 'options' : `options.${member}`, message };
}

function refused(errors: Refusal[]): ParleyError {
  const detail = errors.map(({ field, message }) => `${field}: ${message.replace(/\.$/, '')}`).join('; ');
  return new ParleyError(400, 'invalid_content', `${detail}.`, { errors });
}
