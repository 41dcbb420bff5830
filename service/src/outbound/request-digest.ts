/** Tells whether a send is the same request as one before. */
import { hash } from 'node:crypto';
import type { SendMessage } from '../../../contract/api.ts';
import { canonicalJson } from '../../../contract/signature.ts';

/** Computes a digest of everything that makes it the same request; the caller's settings do not. */
export function digestOf(send: SendMessage): string {
  // A resume URL is signed anew for each try of a node and deadlines move: neither makes it another message.
  const { wait, expiresAt: _, account, ...rest } = send;
  const { channel, externalId } = account ?? {};
  return hash(
    'sha256',
    canonicalJson({ ...rest, account: { channel, externalId }, waits: wait !== undefined }),
    'base64url',
  );
}
