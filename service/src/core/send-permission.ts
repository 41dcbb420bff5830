/** "May I send this now?": one question, one answer, with every reason. Pure. */
import type { Permission, RefusalReason } from '../../../contract/api.ts';
import type { Capabilities } from '../../../contract/channel.ts';
import type { OutboundKind } from '../../../contract/message.ts';
import { iso } from './clock.ts';
import { isOpen, type SessionWindow } from './session-window.ts';

/** What is known when the question is asked. `window` null: the contact has never written. */
export interface PermissionFacts {
  capabilities: Capabilities;
  kind: OutboundKind;
  purpose: 'reply' | 'campaign';
  window: SessionWindow | null;
  marketingStopped: boolean;
  owner: 'bot' | 'human';
  now: number;
}

type Reason = Permission['reasons'][number];

function capability({ capabilities, kind }: PermissionFacts): Reason | undefined {
  if (capabilities.kinds.includes(kind)) return undefined;
  return reason(
    'unsupported_by_channel',
    `The channel cannot send '${kind}'. It can send: ${capabilities.kinds.join(', ')}.`,
  );
}

function session({ capabilities, kind, window, now }: PermissionFacts): Reason | undefined {
  const rule = capabilities.window;
  if (rule === undefined || rule.outside.includes(kind)) return undefined;
  if (window !== null && isOpen(window, rule, now)) return undefined;
  const outside = rule.outside.join(', ');
  if (window === null || window.expiresAt === null) {
    return reason('session_closed', `The contact has not written yet, so no session is open. Send one of: ${outside}.`);
  }
  return reason('session_closed', `The session window ended at ${iso(window.expiresAt)}. Send one of: ${outside}.`);
}

function consent({ purpose, marketingStopped }: PermissionFacts): Reason | undefined {
  if (purpose !== 'campaign' || !marketingStopped) return undefined;
  return reason('opted_out', 'The contact asked for no more marketing messages.');
}

function handoff({ owner }: PermissionFacts): Reason | undefined {
  return owner === 'human'
    ? reason('handed_off', 'A person owns the conversation until it is handed back.')
    : undefined;
}

function reason(code: RefusalReason, detail: string): Reason {
  return { code, detail };
}

/** Every reason against the send; an empty list means yes. The order is that of severity: the first is the one to show. */
export function refusals(facts: PermissionFacts): Reason[] {
  return [capability, handoff, consent, session].map((rule) => rule(facts)).filter((found) => found !== undefined);
}
