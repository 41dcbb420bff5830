/** Answers "may I send this now?" by the rules that follow from the channel, the owner and the session window. Pure. */
import type { Permission, RefusalReason } from '../../../contract/api.ts';
import type { Capabilities } from '../../../contract/channel.ts';
import type { OutboundKind } from '../../../contract/message.ts';
import { iso } from './clock.ts';
import { isOpen, personUntil, type SessionWindow } from './session-window.ts';

/** Says what is known when the question is asked. */
export interface PermissionFacts {
  capabilities: Capabilities;
  kind: OutboundKind;
  purpose: 'reply' | 'campaign';
  /** Null: the contact has never written. */
  window: SessionWindow | null;
  owner: 'bot' | 'human';
  /** Says who wrote what is to be sent. */
  author: 'bot' | 'human';
  /** Holds the latest instant that has come for certain, milliseconds since the epoch: a clock that jumps ahead closes no session. */
  now: number;
}

/** Says why not, with the code that callers tell reasons apart by and a sentence for people. */
export type Reason = Permission['reasons'][number];

/** The channel has to be able to send it. */
export function capability({ capabilities, kind }: PermissionFacts): Reason | undefined {
  if (capabilities.kinds.includes(kind)) return undefined;
  return reason(
    'unsupported_by_channel',
    `The channel cannot send '${kind}'. It can send: ${capabilities.kinds.join(', ')}.`,
  );
}

/** Nobody may write to a contact who left the conversation. */
export function blocked({ window }: PermissionFacts): Reason | undefined {
  if (window === null || window.closedAt === null) return undefined;
  const since = iso(window.closedAt);
  return reason('blocked', `The contact left the conversation at ${since}: nobody may write until they do.`);
}

/** Outside of the session window only some kinds may be sent. */
export function session({ capabilities, kind, window, author, now }: PermissionFacts): Reason | undefined {
  const rule = capabilities.window;
  if (rule === undefined || rule.outside.includes(kind)) return undefined;
  // That says more, and ends by what opens a session.
  if (window !== null && window.closedAt !== null) return undefined;
  if (window !== null && isOpen(window, rule, now)) return undefined;
  const personEnd = window === null ? null : personUntil(window, rule);
  const mayPerson = personEnd !== null && now < personEnd;
  if (author === 'human' && mayPerson) return undefined;
  const instead = rule.outside.length === 0 ? '' : ` Send one of: ${rule.outside.join(', ')}.`;
  if (window === null || window.expiresAt === null) {
    return reason('session_closed', `The contact has not written yet, so no session is open.${instead}`);
  }
  const ended = `The session window ended at ${iso(window.expiresAt)}`;
  if (mayPerson) {
    return reason('session_closed', `${ended}; until ${iso(personEnd)} only a person may write.${instead}`);
  }
  const person = personEnd === null ? '' : `, for a person at ${iso(personEnd)}`;
  return reason('session_closed', `${ended}${person}.${instead}`);
}

/** While a person owns the conversation, only a person may write. */
export function ownership({ owner, author }: PermissionFacts): Reason | undefined {
  if (owner !== 'human' || author === 'human') return undefined;
  return reason('handed_off', 'A person owns the conversation until it is handed back: only a person may write.');
}

function reason(code: RefusalReason, detail: string): Reason {
  return { code, detail };
}
