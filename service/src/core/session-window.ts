/**
 * Keeps the session window, the time in which free-form sends are allowed: pure rules over one conversation's window. All instants are milliseconds
 * since the epoch.
 */
import type { WindowRule } from '../../../contract/channel.ts';
import type { SessionState, WindowOpener } from '../../../contract/event.ts';
import { iso } from './clock.ts';

/** Describes the stored window of a conversation. Every member only ever moves forward, but for an end that the provider tells. */
export interface SessionWindow {
  expiresAt: number | null;
  openedBy: WindowOpener | null;
  /** Says when the contact last came from an ad: an answer within the window's length starts the free entry point. */
  adAt: number | null;
  freeUntil: number | null;
  /** Says when the contact last did something that opens a window, also on channels without one. */
  heardAt: number | null;
  /** Says when the contact left the conversation: nobody may write until they do. Null: they did not, or came back. */
  closedAt: number | null;
}

/** Stands for the window of a conversation in which the contact never did anything. */
export const NO_WINDOW: SessionWindow = {
  expiresAt: null,
  openedBy: null,
  adAt: null,
  freeUntil: null,
  heardAt: null,
  closedAt: null,
};

const later = (a: number | null, b: number): number => (a === null ? b : Math.max(a, b));

/** Says how long the session stays open after what opened it. */
const lengthOf = (rule: WindowRule, by: WindowOpener): number => rule.lengthsMs?.[by] ?? rule.lengthMs;

/**
 * Answers the window after the contact did something that opens it. `at` is the provider's time, never later than the arrival, so that a wrong clock
 * cannot keep a session open. Neither a late, old message nor one that opens it for less ever shortens a window. Without a rule it only notes the
 * time.
 */
export function opened(
  window: SessionWindow,
  rule: WindowRule | undefined,
  at: number,
  by: WindowOpener,
): SessionWindow {
  const heardAt = later(window.heardAt, at);
  const { closedAt } = reopened(window, at);
  if (rule === undefined) return { ...window, heardAt, closedAt };
  const expiresAt = later(window.expiresAt, at + lengthOf(rule, by));
  return {
    ...window,
    expiresAt,
    openedBy: expiresAt === window.expiresAt ? window.openedBy : by,
    adAt: by === 'ad' ? later(window.adAt, at) : window.adAt,
    heardAt,
    closedAt,
  };
}

/**
 * Answers the window after the provider refused, at `at`, a message for which it was to be open: it is over, whatever was thought. What the contact did
 * since then opens it anew, so nothing changes.
 */
export function ended(window: SessionWindow, at: number): SessionWindow {
  const isOver = window.expiresAt === null || window.expiresAt <= at;
  if (isOver || (window.heardAt !== null && window.heardAt > at)) return window;
  return { ...window, expiresAt: at };
}

/** Answers the window after the contact left at `at`; what they did since then counts more. */
export function closed(window: SessionWindow, at: number): SessionWindow {
  if (window.heardAt !== null && at < window.heardAt) return window;
  return { ...window, closedAt: later(window.closedAt, at) };
}

/** Answers the window after the contact wrote at `at`, whatever the provider's rule makes of it: one who had left is back. */
export function reopened(window: SessionWindow, at: number): SessionWindow {
  return window.closedAt === null || at < window.closedAt ? window : { ...window, closedAt: null };
}

/**
 * Answers the window after the provider took a message at `at`: the first answer to an ad starts the free entry point. Late news of a message that
 * was taken before the contact came is no answer.
 */
export function answered(window: SessionWindow, rule: WindowRule, at: number): SessionWindow {
  if (window.adAt === null || rule.freeEntryMs === undefined || at < window.adAt) return window;
  const inTime = at - window.adAt <= lengthOf(rule, 'ad');
  return {
    ...window,
    adAt: null,
    freeUntil: inTime ? later(window.freeUntil, at + rule.freeEntryMs) : window.freeUntil,
  };
}

/** Answers the window after the provider told that sends are free until `at`. */
export function freeUntil(window: SessionWindow, at: number): SessionWindow {
  return { ...window, freeUntil: later(window.freeUntil, at) };
}

/** Joins the windows of two conversations that turned out to be one: whatever either allowed is allowed. */
export function joined(one: SessionWindow, other: SessionWindow): SessionWindow {
  const latest = (a: number | null, b: number | null) => (b === null ? a : later(a, b));
  const expiresAt = latest(one.expiresAt, other.expiresAt);
  const heardAt = latest(one.heardAt, other.heardAt);
  const closedAt = latest(one.closedAt, other.closedAt);
  return {
    expiresAt,
    openedBy: expiresAt === one.expiresAt ? one.openedBy : other.openedBy,
    adAt: latest(one.adAt, other.adAt),
    freeUntil: latest(one.freeUntil, other.freeUntil),
    heardAt,
    closedAt: closedAt !== null && closedAt >= (heardAt ?? closedAt) ? closedAt : null,
  };
}

/** Tells whether free-form sends are allowed at `now`. A channel without a window rule is always open, until the contact leaves. */
export function isOpen(window: SessionWindow, rule: WindowRule | undefined, now: number): boolean {
  if (window.closedAt !== null) return false;
  return rule === undefined || (window.expiresAt !== null && now < window.expiresAt);
}

/** Tells until when a person may write, open or not; null: no longer than a program. */
export function personUntil({ heardAt }: SessionWindow, rule: WindowRule | undefined): number | null {
  return heardAt === null || rule?.personMs === undefined ? null : heardAt + rule.personMs;
}

/** Shows the window as events and the API show it. Where the contact left, none of its ends counts: nobody may write until they do. */
export function sessionState(window: SessionWindow, rule: WindowRule | undefined, now: number): SessionState {
  if (window.closedAt !== null) return { open: false, closedAt: iso(window.closedAt) };
  const personEnd = personUntil(window, rule);
  return {
    open: isOpen(window, rule, now),
    ...(window.expiresAt !== null && { expiresAt: iso(window.expiresAt) }),
    ...(window.openedBy !== null && { openedBy: window.openedBy }),
    ...(window.freeUntil !== null && window.freeUntil > now && { freeUntil: iso(window.freeUntil) }),
    ...(personEnd !== null && personEnd > now && { personUntil: iso(personEnd) }),
  };
}
