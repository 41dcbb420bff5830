/** The checker can fail: each journal below breaks one promise, and that one is found and named. */
import { check } from './checker.ts';
import { history } from './history.ts';
import type { Called, Entry, Fact, Posted, SeenEvent } from './journal.ts';

const LISTENERS = [
  { name: 'assistant', types: ['message.received', 'message.status'] },
  { name: 'archive', types: ['message.received'] },
];

const received = (providerId: string): SeenEvent => ({
  event: `evt ${providerId}`,
  type: 'message.received',
  providerId,
});
const told = (key: string, status: string): SeenEvent => ({
  event: `evt ${key} ${status}`,
  type: 'message.status',
  id: `msg ${key}`,
  key,
  status,
});
const called = (workflow: string, events: SeenEvent[], answer: number | undefined = 200): Called => ({
  what: 'called',
  workflow,
  events,
  ...(answer !== 0 && { answer }),
});
const posted = (webhook: number, messages: string[], answer?: number): Posted => ({
  what: 'posted',
  webhook,
  messages,
  statuses: [],
  ...(answer === undefined ? { error: 'ECONNRESET' } : { answer }),
});
const status = (webhook: number, key: string, name: string): Posted => ({
  ...posted(webhook, [], 200),
  statuses: [{ providerId: `wamid ${key}`, status: name }],
});
const asked = (key: string): Fact => ({ what: 'asked', person: 'Ana', key });
const answered = (key: string, id = `msg ${key}`): Fact => ({ what: 'answered', person: 'Ana', key, answer: 202, id });
const accepted = (key: string, id = `msg ${key}`): Fact => {
  return { what: 'accepted', person: 'Ana', key, providerId: `wamid ${key}`, id };
};
const ended = (key: string, end: string, uncertain = false): Fact => {
  return { what: 'ended', id: `msg ${key}`, status: end, uncertain };
};

const putAside = (workflow: string, id: string): Fact => {
  return { what: 'put aside', workflow, event: `evt ${id}`, code: 'refused' };
};

/** A run in which a good deal went wrong and every promise was kept. */
const GOOD: readonly Fact[] = [
  { what: 'wrote', person: 'Ana', messages: ['a1'] },
  posted(0, ['a1']),
  posted(0, ['a1'], 503),
  posted(0, ['a1'], 200),
  { what: 'fault', fault: 'kill -9 service' },
  called('assistant', [received('a1')], 0),
  called('assistant', [received('a1')], 500),
  called('archive', [received('a1')]),
  { what: 'wrote', person: 'Ana', messages: ['a2', 'a3'] },
  posted(1, ['a2', 'a3'], 200),
  posted(2, ['a2', 'a3'], 200),
  called('archive', [received('a2')]),
  called('assistant', [received('a1'), received('a2')]),
  called('archive', [received('a2')]),
  called('archive', [received('a3')]),
  asked('s1'),
  { what: 'answered', person: 'Ana', key: 's1', error: 'ECONNRESET' },
  asked('s1'),
  answered('s1'),
  asked('s2'),
  answered('s2'),
  asked('s3'),
  answered('s3'),
  accepted('s1'),
  status(3, 's1', 'sent'),
  accepted('s3'),
  called('assistant', [received('a3'), told('s1', 'sent')]),
  status(4, 's1', 'read'),
  status(5, 's1', 'delivered'),
  called('assistant', [told('s2', 'uncertain'), told('s1', 'read')]),
  called('assistant', [told('s3', 'sent')]),
  { what: 'wrote', person: 'Eva', messages: ['e1'], poisonFor: 'assistant' },
  { what: 'wrote', person: 'Eva', messages: ['e2'] },
  posted(16, ['e1'], 200),
  posted(17, ['e2'], 200),
  called('archive', [received('e1')]),
  { ...called('archive', [received('e2')]), isPage: true },
  called('archive', [received('e2')]),
  called('assistant', [received('e1'), received('e2')], 413),
  called('assistant', [received('e1')], 500),
  called('assistant', [received('e2')]),
  ended('s1', 'read'),
  ended('s2', 'unknown', true),
  ended('s3', 'sent'),
  putAside('assistant', 'e1'),
];

const inTime = (facts: readonly Fact[]): Entry[] => facts.map((fact, at) => ({ ...fact, at: at * 100 }));

/** The good run with some facts left out and others put at the end. */
function without(isLeftOut: (fact: Fact) => boolean, ...more: Fact[]): Fact[] {
  return [...GOOD.filter((fact) => !isLeftOut(fact)), ...more];
}

const plus = (...more: Fact[]): Fact[] => [...GOOD, ...more];
const isCall = (fact: Fact, ...events: string[]): boolean =>
  fact.what === 'called' && fact.events.some(({ event }) => events.includes(event));
const isFor = (fact: Fact, workflow: string): boolean => fact.what === 'called' && fact.workflow === workflow;
const isEnd = (key: string) => (fact: Fact) => fact.what === 'ended' && fact.id === `msg ${key}`;

test('a run that kept every promise has no violation', () => {
  expect(check(inTime(GOOD), LISTENERS)).toEqual([]);
});

test.each<[string, Fact[], string]>([
  ['message lost', without((fact) => isFor(fact, 'archive') && isCall(fact, 'evt a3')), 'a3'],
  ['message lost', plus(posted(6, ['b1'], 200)), 'b1'],
  ['status lost', plus(status(6, 's3', 'delivered'), ...[ended('s3', 'delivered')]), 's3'],
  ['webhook never acknowledged', plus(posted(6, ['a9'], 503), posted(6, ['a9'])), 'a9'],
  ['event not delivered', plus(called('archive', [received('c1')], 500)), 'evt c1'],
  [
    'messages out of order',
    plus(
      { what: 'wrote', person: 'Ben', messages: ['b1'] },
      { what: 'wrote', person: 'Ben', messages: ['b2'] },
      called('archive', [received('b2')]),
      called('archive', [received('b1')]),
    ),
    'b1',
  ],
  [
    'messages out of order',
    plus({ what: 'wrote', person: 'Ben', messages: ['b1', 'b2'] }, called('archive', [received('b2'), received('b1')])),
    'b1',
  ],
  ['status fell', plus(called('assistant', [told('s1', 'delivered')])), 's1'],
  ['event twice', plus(called('archive', [{ ...received('a2'), event: 'evt other' }])), 'a2'],
  ['event twice', plus(called('assistant', [{ ...told('s1', 'read'), event: 'evt other' }])), 's1'],
  ['send never admitted', plus(asked('s4'), { what: 'answered', person: 'Ana', key: 's4', answer: 500 }), 's4'],
  ['two messages for one key', plus(answered('s1', 'msg other')), 'msg other'],
  ['two messages for one key', plus(called('assistant', [{ ...told('s1', 'read'), id: 'msg other' }])), 'msg other'],
  ['sent twice', plus(accepted('s1')), 's1'],
  ['sent twice', plus(accepted('s2'), accepted('s2')), 's2'],
  [
    'sends out of order',
    plus(asked('s4'), answered('s4'), asked('s5'), answered('s5'), accepted('s5'), accepted('s4')).concat(
      ended('s4', 'sent'),
      ended('s5', 'sent'),
    ),
    's4',
  ],
  ['wrong end', without(isEnd('s3')), 's3'],
  ['wrong end', without(isEnd('s3'), ended('s3', 'queued')), 's3'],
  ['wrong end', without(isEnd('s3'), ended('s3', 'held')), 's3'],
  ['wrong end', without(isEnd('s2'), ended('s2', 'uncertain', true)), 's2'],
  ['wrong end', without(isEnd('s1'), ended('s1', 'sent')), 's1'],
  ['wrong end', without(isEnd('s3'), ended('s3', 'failed')), 's3'],
  ['wrong end', without(isEnd('s2'), ended('s2', 'sent', true)), 's2'],
  ['told as failed', without((fact) => isCall(fact, 'evt s3 sent'), called('assistant', [told('s3', 'failed')])), 's3'],
  [
    'message lost',
    without((fact) => (isCall(fact, 'evt e1') && isFor(fact, 'assistant')) || fact.what === 'put aside'),
    'e1',
  ],
  ['not put aside', without((fact) => fact.what === 'put aside'), 'e1'],
  ['put aside wrongly', plus(putAside('assistant', 'e1')), 'evt e1'],
  ['put aside wrongly', plus(putAside('archive', 'e2')), 'evt e2'],
  ['two ends', plus(called('assistant', [told('s2', 'sent'), told('s2', 'failed')])), 's2'],
])('%s is found, and named with its ids', (rule, facts, about) => {
  const found = check(inTime(facts), LISTENERS);
  expect(new Set(found.map((one) => one.rule))).toEqual(new Set([rule]));
  expect(found.flatMap((one) => one.about)).toContain(about);
});

test('jobs that are left at the end are stuck', () => {
  expect(check(inTime(plus({ what: 'left', jobs: 'send ready', count: 3 })), LISTENERS)).toEqual([
    { rule: 'jobs stuck', detail: '3 × send ready, long after the faults', about: [] },
  ]);
});

test('a process that ended by itself is told', () => {
  const facts = plus({ what: 'died', process: 'worker', how: '1: Unhandled error' });
  expect(check(inTime(facts), LISTENERS)).toEqual([
    { rule: 'process died', detail: 'worker ended by itself: 1: Unhandled error', about: [] },
  ]);
});

test('a page with 200 takes nothing', () => {
  const facts = without((fact) => isCall(fact, 'evt e2') && isFor(fact, 'archive') && !('isPage' in fact));
  const found = check(inTime(facts), LISTENERS);
  expect(found.map(({ rule, about }) => [rule, about[0]])).toEqual([
    ['message lost', 'e2'],
    ['event not delivered', 'evt e2'],
  ]);
});

test('a send that was reported uncertain may have gone out late', () => {
  const facts = plus(accepted('s2'));
  expect(check(inTime(facts), LISTENERS)).toEqual([]);
});

test('an empty journal is told by nothing: what did not happen was not promised', () => {
  expect(check([], LISTENERS)).toEqual([]);
});

describe('the history', () => {
  test('of a send joins all journals by its key, its id and the provider’s id, with the faults around it', () => {
    const lines = history(inTime(GOOD), ['wamid s1']);
    expect(lines.map((line) => line.trim().replace(/^\S+ s {2}/, ''))).toEqual([
      'fault      kill -9 service',
      'driver     asked to send "s1"',
      'driver     got for "s1": no answer (ECONNRESET)',
      'driver     asked to send "s1"',
      'driver     got for "s1": 202 msg s1',
      'provider   took "s1" (msg s1) as wamid s1',
      'provider   posted webhook 3 (sent of wamid s1): 200',
      'assistant  called with 2 events, of which evt s1 sent msg s1 sent: 200',
      'provider   posted webhook 4 (read of wamid s1): 200',
      'provider   posted webhook 5 (delivered of wamid s1): 200',
      'assistant  called with 2 events, of which evt s1 read msg s1 read: 200',
      'service    says at the end that msg s1 is read',
    ]);
  });

  test('of a message shows who wrote it, every try and every call, and the kill in between', () => {
    const lines = history(inTime(GOOD), ['evt a1']).join('\n');
    for (const part of [
      'Ana wrote a1',
      '(a1): no answer (ECONNRESET)',
      '(a1): 503',
      'kill -9 service',
      'no answer',
      '500',
    ])
      expect(lines).toContain(part);
    expect(lines).not.toContain('s1');
  });
});
