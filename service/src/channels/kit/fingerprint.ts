/** A key for facts to which the provider gives no id. */
import { createHash } from 'node:crypto';

/** 128 bits over the JSON of `value`: equal when a provider repeats itself, different for any other value. */
export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')
    .slice(0, 32);
}
