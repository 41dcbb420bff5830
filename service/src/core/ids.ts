/** Makes identifiers: `<prefix>_<26 characters>`, ascending in time so that indexes grow at their end. */
import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Tells what an id names. */
export type IdPrefix =
  'cnn' | 'acc' | 'con' | 'cnv' | 'msg' | 'att' | 'rcp' | 'evt' | 'sub' | 'job' | 'mdi' | 'upl' | 'fct' | 'key' | 'dlv';

/** Describes a source of new ids. */
export interface Ids {
  /** Makes the next id with this prefix; it is greater than every one that this source made before. */
  next(prefix: IdPrefix): string;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

function base32(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < length; i++) {
    text = ALPHABET[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
}

/**
 * Makes ids of 48 bits time and 80 bits that start random in each millisecond and count up within it: two ids of one process never tie and always
 * ascend; those of two processes collide with probability 2^-80. `entropy` gives 10 bytes.
 */
export function makeIds(clock: Pick<Clock, 'now'>, entropy: () => Uint8Array = () => randomBytes(10)): Ids {
  let lastAt = -1;
  let tail = 0n;
  return {
    next(prefix) {
      const at = Math.max(clock.now(), lastAt);
      if (at === lastAt) tail += 1n;
      else tail = BigInt('0x' + Buffer.from(entropy()).toString('hex')) >> 1n;
      lastAt = at;
      return `${prefix}_${base32(BigInt(at), 10)}${base32(tail, 16)}`;
    },
  };
}

/**
 * Makes the bound between ids by time: those with this prefix made before `at` (milliseconds since the epoch) are smaller, all others are not.
 */
export function firstIdAt(prefix: IdPrefix, at: number): string {
  return `${prefix}_${base32(BigInt(Math.max(0, at)), 10)}`;
}

/** Makes the dedupe key of a message's arrival. Every channel makes it so, and the pipelines find the event by it. */
export function messageKey(providerMessageId: string): string {
  return `message:${providerMessageId}`;
}

/** Makes the dedupe key of the change of a conversation's owner that a fact brought, by the key of the fact. */
export function ownerKey(dedupeKey: string): string {
  return `owner:${dedupeKey}`;
}
