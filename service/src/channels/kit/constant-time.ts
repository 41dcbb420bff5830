/** Comparison that takes the same time wherever two secrets differ. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Both sides are hashed first, so that not even the length shows. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given), digest(expected));
}
