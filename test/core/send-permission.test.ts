import type { RefusalReason } from '../../contract/api.ts';
import type { Capabilities } from '../../contract/channel.ts';
import {
  blocked,
  capability,
  ownership,
  session,
  type PermissionFacts,
} from '../../service/src/core/send-permission.ts';
import { NO_WINDOW, opened } from '../../service/src/core/session-window.ts';

const refusals = (facts: PermissionFacts) =>
  [capability, ownership, blocked, session].flatMap((rule) => rule(facts) ?? []);

const NOW = 1_750_000_000_000;
const HOUR = 3_600_000;
const rule = { lengthMs: 24 * HOUR, outside: ['template'] } as const;
const capabilities: Capabilities = {
  kinds: ['text', 'template'],
  media: {},
  window: rule,
  idempotentSends: false,
  settleWithinMs: HOUR,
  readMarks: true,
  templates: true,
};
const open = opened(NO_WINDOW, rule, NOW - HOUR, 'message');
const over = opened(NO_WINDOW, rule, NOW - 25 * HOUR, 'message');
const longOver = opened(NO_WINDOW, rule, NOW - 7 * 24 * HOUR, 'message');
const people = { capabilities: { ...capabilities, window: { ...rule, personMs: 7 * 24 * HOUR } } };
const allowed: PermissionFacts = {
  capabilities,
  kind: 'text',
  purpose: 'reply',
  window: open,
  owner: 'bot',
  author: 'bot',
  now: NOW,
};

test.each<[string, Partial<PermissionFacts>, RefusalReason[]]>([
  ['an open session', {}, []],
  ['a kind that the channel does not have', { kind: 'receipt' }, ['unsupported_by_channel']],
  ['a contact who never wrote', { window: null }, ['session_closed']],
  ['a conversation that was never opened', { window: NO_WINDOW }, ['session_closed']],
  ['a session that ended', { window: over }, ['session_closed']],
  ['a template when the session ended', { window: over, kind: 'template' }, []],
  ['a template to someone who never wrote', { window: null, kind: 'template' }, []],
  ['a contact who left', { window: { ...over, closedAt: NOW - 1 } }, ['blocked']],
  ['a person to a contact who left', { author: 'human', window: { ...open, closedAt: NOW - 1 } }, ['blocked']],
  ['a template to a contact who left', { kind: 'template', window: { ...open, closedAt: NOW - 1 } }, ['blocked']],
  ['a channel without windows', { window: null, capabilities: { ...capabilities, window: undefined } }, []],
  ['a person in charge', { owner: 'human' }, ['handed_off']],
  ['a person who writes while a person is in charge', { owner: 'human', author: 'human' }, []],
  ['a person who writes when the session ended', { author: 'human', window: over }, ['session_closed']],
  ['a person where people have more time', { ...people, author: 'human', window: over }, []],
  ['a program where people have more time', { ...people, window: over }, ['session_closed']],
  ['a person when that time is over too', { ...people, author: 'human', window: longOver }, ['session_closed']],
  ['a person to someone who never wrote', { ...people, author: 'human', window: null }, ['session_closed']],
  [
    'everything at once, the gravest first',
    { kind: 'receipt', owner: 'human', window: over },
    ['unsupported_by_channel', 'handed_off', 'session_closed'],
  ],
])('%s', (_name, change, codes) => {
  expect(refusals({ ...allowed, ...change }).map((reason) => reason.code)).toEqual(codes);
});

test.each<[string, Partial<PermissionFacts>, string]>([
  ['what can be sent', { kind: 'receipt' }, 'text, template'],
  ['when the session ended', { window: over }, new Date(NOW - HOUR).toISOString()],
  ['what may be sent when it ended', { window: over }, 'Send one of: template'],
  ['when a person may write', { ...people, window: over }, 'only a person may write'],
  ['until when they may', { ...people, window: over }, new Date(NOW + (7 * 24 - 25) * HOUR).toISOString()],
  ['that a person may not any more', { ...people, window: longOver }, `for a person at ${new Date(NOW).toISOString()}`],
  ['who may write in the place of a program', { owner: 'human' }, 'only a person may write'],
  ['that the contact has not written', { window: null }, 'has not written yet'],
])('a reason says %s', (_name, change, words) => {
  expect(refusals({ ...allowed, ...change })[0]?.detail).toContain(words);
});
