/** The channels behind sources that have a session window of their own. RingCentral adds none. */
import type { WindowRule } from '../../../../contract/channel.ts';

const HOUR = 3_600_000;

const WINDOWS: readonly (readonly [part: string, rule: WindowRule])[] = [
  ['whatsapp', { lengthMs: 24 * HOUR, outside: ['template'] }],
  ['instagram', { lengthMs: 24 * HOUR, outside: [] }],
  ['messenger', { lengthMs: 24 * HOUR, outside: [] }],
];

/** Finds the window of a source by its type, whose names hold the channel's (`whatsapp`, `fb_messenger` …). */
export function windowOn(surface: string | undefined): WindowRule | undefined {
  // Their own in-app messaging is called "engage_messaging", and has none.
  return WINDOWS.find(([part]) => surface?.includes(part))?.[1];
}

export const WINDOWED = (surface: string | undefined): boolean => windowOn(surface) !== undefined;
