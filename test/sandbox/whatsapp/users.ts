import { createHash } from 'node:crypto';
import type { WhatsAppUser, World } from './world.ts';

/** Digits of a phone number as Meta tolerates it (plus, spaces, hyphens, parentheses); undefined when it is not one. */
export function digitsOf(text: string): string | undefined {
  const digits = text.replace(/[+\s\-()]/g, '');
  return /^\d{7,15}$/.test(digits) ? digits : undefined;
}

/** True for a business-scoped user id: country, dot, alphanumerics, up to 256 characters. */
export function isUserId(text: string): boolean {
  return text.length <= 256 && /^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]+$/.test(text);
}

/** Who is meant: a phone number, a business-scoped user id, or both. */
export type UserRef = string | { waId?: string; userId?: string };

/** Finds the user or meets them for the first time. Throws on something that is neither number nor user id. */
export function userFor(world: World, ref: UserRef): WhatsAppUser {
  const wanted = typeof ref === 'string' ? (isUserId(ref) ? { userId: ref } : { waId: ref }) : ref;
  const waId = wanted.waId === undefined ? undefined : digitsOf(wanted.waId);
  if (waId === undefined && wanted.userId === undefined) throw new Error('Neither a phone number nor a user id');
  const known = world.users.find(
    (user) => (wanted.userId !== undefined && user.userId === wanted.userId) || (waId && user.waId === waId),
  );
  if (known) {
    known.waId ??= waId;
    return known;
  }
  const user: WhatsAppUser = {
    userId: wanted.userId ?? scopedIdOf(world.settings.businessId, waId ?? ''),
    hasStoppedMarketing: false,
    ...(waId === undefined ? {} : { waId }),
  };
  world.users.push(user);
  return user;
}

/** The `contacts` element of a webhook for this user. */
export function contactOf(user: WhatsAppUser) {
  const profile = {
    ...(user.name === undefined ? {} : { name: user.name }),
    ...(user.username === undefined ? {} : { username: user.username }),
  };
  return {
    ...(Object.keys(profile).length === 0 ? {} : { profile }),
    ...(user.waId === undefined ? {} : { wa_id: user.waId }),
    user_id: user.userId,
  };
}

// Unique per portfolio and user, stable while the user keeps the number.
function scopedIdOf(businessId: string, waId: string): string {
  const digest = createHash('sha256').update(`${businessId}:${waId}`).digest();
  return `US.${digest.readBigUInt64BE().toString().padStart(20, '1')}`;
}
