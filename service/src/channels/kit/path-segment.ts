/** Writes ids from outside into the paths of providers' URLs. */
import { SendError } from '../../core/errors.ts';

/** URLs leave these out on their way, however they are written, so that the call would be for what stands above (RFC 3986, section 5.2.4). */
const STEPS = new Set(['.', '..']);

/** Encodes an id as one segment of a path. Throws `SendError` for one that would lead to another path; the provider was not asked. */
export function pathSegment(id: string): string {
  if (STEPS.has(id)) throw new SendError('rejected', `"${id}" is no ID at the provider, which was not asked.`);
  return encodeURIComponent(id);
}
