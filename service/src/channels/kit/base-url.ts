/** Where a provider's API answers. */
import { z } from 'zod';

/** Credentials travel to this address: plain http is for a stand-in on the same machine only. */
function isSafeBase(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, search, hash, username } = new URL(value);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isLoopback)) && !search && !hash && !username;
}

/** A stand-in takes the provider's place here. */
export const baseUrlMember = z
  .string()
  .refine(isSafeBase, 'must be an https URL without query (plain http on this machine only)')
  .transform((url) => url.replace(/(?<!\/)\/+$/, ''));
