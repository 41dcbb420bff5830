import { Readable } from 'node:stream';
import type { OutgoingMessage, SoughtMessage } from '../../../service/src/channels/channel.ts';
import { ERROR_TABLE } from '../../../service/src/channels/ringcentral/errors.ts';
import { ringcentral } from '../../../service/src/channels/ringcentral/index.ts';
import { alwaysAnswering, inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { caught } from '../../conformance/probes.ts';
import { outgoing } from '../../support/outgoing.ts';
import { OUTBOUND } from './fixtures/outbound.ts';
import { AGENT, ANA, API, refusal, SETTINGS, settingsWith, SOURCE, taken, THREAD } from './support.ts';

const text = { type: 'text', text: 'hello' } as const;
const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage =>
  outgoing({
    ...{ id: 'msg_1', to: { kind: 'identity_id', address: ANA }, thread: THREAD, inReplyTo: 'c7', content: text },
    ...change,
  });
const SENT = { providerMessageId: '50df05692c64ac7799f09a99', sentAt: Date.parse('2026-06-25T22:00:45.000Z') };

test.each(OUTBOUND.map(({ name, content, says }) => [name, content, says] as const))(
  '%s is one request, below what the customer said last',
  async (_name, content, says) => {
    const { io, requests } = inOrder(taken());
    await expect(ringcentral.send(message({ content }), SETTINGS, io)).resolves.toEqual(SENT);
    expect(requests).toEqual([
      {
        ...{ method: 'POST', url: `${API}/contents`, json: { auto_submitted: true, ...says, in_reply_to_id: 'c7' } },
        headers: { authorization: 'Bearer a-token-of-an-agent', accept: 'application/json' },
      },
    ]);
  },
);

test('what is quoted goes before; the option says whether others see it', async () => {
  const { io, requests } = inOrder(taken());
  await ringcentral.send(message({ replyToProviderId: 'c3', options: { private: true } }), SETTINGS, io);
  expect(requests[0]?.json).toEqual({ private: true, auto_submitted: true, body: 'hello', in_reply_to_id: 'c3' });
});

test('a reply that needs an intervention opens one, and is said again', async () => {
  const refused = refusal(422, 'unprocessable', 'The content is not under an open intervention');
  const { io, requests } = inOrder(refused, json(200, { id: 'i1' }), taken());
  await expect(ringcentral.send(message(), SETTINGS, io)).resolves.toEqual(SENT);
  expect(requests.map(({ method, url, query }) => [method, url, query])).toEqual([
    ['POST', `${API}/contents`, undefined],
    ['POST', `${API}/interventions`, { content_id: 'c7' }],
    ['POST', `${API}/contents`, undefined],
  ]);
});

test('another 422 is a refusal', async () => {
  const { io, requests } = alwaysAnswering(refusal(422, 'compose_disabled_on_source'));
  await expect(ringcentral.send(message(), SETTINGS, io)).rejects.toMatchObject({ kind: 'rejected' });
  expect(requests).toHaveLength(1);
});

test('in a thread of which nothing was heard, the newest message of the customer is answered', async () => {
  const records = [
    { id: 'c1', created_at: '2026-06-25T22:00:00Z', creator_id: null },
    { id: 'c2', created_at: '2026-06-25T22:01:00Z', creator_id: null },
    { id: 'c3', created_at: '2026-06-25T22:02:00Z', creator_id: AGENT },
  ];
  const { io, requests } = inOrder(json(200, { records }), taken());
  await ringcentral.send(outgoing({ ...message(), inReplyTo: undefined as never }), SETTINGS, io);
  expect(requests[1]?.json).toMatchObject({ in_reply_to_id: 'c2' });
});

test.each([
  ['a number', { kind: 'address', address: '+15550001111' }, SETTINGS, { source_id: SOURCE, to: '+15550001111' }],
  ['an identity', { kind: 'identity_id', address: ANA }, SETTINGS, undefined],
  [
    'a number, by an account without a source',
    { kind: 'address', address: '+1555' },
    settingsWith({ sourceId: undefined }),
    undefined,
  ],
])('%s is written to first', async (_name, to, settings, place) => {
  const { io, requests } = inOrder(taken());
  const sent = ringcentral.send(outgoing({ id: 'msg_1', to, content: text }), settings, io);
  if (place === undefined) await expect(sent).rejects.toMatchObject({ kind: 'invalid' });
  else expect(await sent).toEqual(SENT);
  expect(requests.map(({ json: body }) => body)).toEqual(
    place === undefined ? [] : [{ auto_submitted: true, body: 'hello', ...place }],
  );
});

test.each(Object.entries(ERROR_TABLE).map(([status, { kind }]) => [Number(status), kind] as const))(
  '%i is %s',
  async (status, kind) => {
    const sent = ringcentral.send(message(), SETTINGS, alwaysAnswering(refusal(status, 'code')).io);
    await expect(sent).rejects.toMatchObject({ kind, details: { providerCode: 'code' } });
  },
);

test('whoever is throttled waits for the next minute', async () => {
  const sent = ringcentral.send(message(), SETTINGS, alwaysAnswering(refusal(429, 'rate_limit_exceeded')).io);
  await expect(sent).rejects.toMatchObject({ details: { retryAfterMs: 60_000 } });
});

const ROWS = Array.from({ length: 14 }, (_, index) => ({ id: `r${index}`, title: 'R' }));
test.each<[string, object, string]>([
  ['a link of a file', { type: 'image', link: 'https://x.example/1.jpg' }, 'link'],
  ['many buttons', { type: 'buttons', text: 'x', buttons: ROWS }, 'buttons'],
  ['an id beyond ASCII', { type: 'buttons', text: 'x', buttons: [{ id: 'é', title: 'x' }] }, 'buttons[0].id'],
  [
    'many rows in all',
    { type: 'list', text: 'x', sections: [{ rows: ROWS.slice(0, 6) }, { rows: ROWS.slice(6, 12) }] },
    'rows',
  ],
  ['several picks', { type: 'list', text: 'x', sections: [{ multiple: true, rows: ROWS.slice(0, 1) }] }, 'multiple'],
  ['a footer', { type: 'link', text: 'x', title: 'y', url: 'https://x.example', footer: 'z' }, 'footer'],
  ['a template that is filled in', { type: 'template', name: 'a', language: 'en', body: [] }, 'body'],
  ['a body that says where it goes', { type: 'native', body: { body: 'x', to: '+1' } }, 'body.to'],
  ['a body of nothing', { type: 'native', body: {} }, 'body'],
])('refuses %s', (_name, content, field) => {
  const error = caught(() => ringcentral.check(content as never, SETTINGS));
  expect(error).toMatchObject({ status: 400, code: 'invalid_content', message: expect.stringContaining(field) });
});

test.each([
  [{}, ['buttons', 'list', 'time_picker', 'template']],
  [{ surface: 'engage_messaging', can: 'select,rich_link' }, ['buttons']],
  [{ surface: 'apple_business_chat', can: 'select,list,time_select' }, ['buttons', 'list', 'time_picker']],
  [{ surface: 'whatsapp', can: 'list' }, ['list', 'template']],
  [{ surface: 'whatsapp', can: '' }, ['template']],
])('in a conversation with %j there are %j', (facts, expected) => {
  const { kinds } = ringcentral.capabilities(SETTINGS, facts);
  expect(['buttons', 'list', 'time_picker', 'template'].filter((kind) => kinds.includes(kind as never))).toEqual(
    expected,
  );
  expect(ringcentral.capabilities(SETTINGS, facts)).toBe(ringcentral.capabilities(SETTINGS, { ...facts }));
});

test('windows are those of the channel behind', () => {
  const on = (surface: string) => ringcentral.capabilities(SETTINGS, { surface }).window?.lengthMs;
  expect(['whatsapp', 'fb_messenger', 'instagram', 'engage_messaging', 'sms'].map(on)).toEqual([
    ...[86_400_000, 86_400_000, 86_400_000, undefined, undefined],
  ]);
});

const AT = NOW - 10 * 60_000;
const listed = (change: object = {}) => ({
  id: 'c9',
  body: 'hello',
  creator_id: AGENT,
  created_at: new Date(AT + 200).toISOString(),
  ...change,
});
const sameClock = { date: new Date(NOW).toUTCString() };
const find = (records: unknown, headers: Record<string, string> = sameClock, change: Partial<SoughtMessage> = {}) => {
  const sought = { ...message(), attemptedAt: AT, isAnother: async (id: string) => id === 'known', ...change };
  return ringcentral.lookup?.find(sought, SETTINGS, inOrder(json(200, { records }, headers)).io);
};
test.each([
  ['ours is there', [listed()], { status: 'sent', receipt: { providerMessageId: 'c9', sentAt: AT + 200 } }],
  ['nothing is there', [], 'absent'],
  ["only others' are there", [listed({ creator_id: 'another' }), listed({ creator_id: null })], 'absent'],
  ['what is there is another of ours', [listed({ id: 'known' })], 'absent'],
  ['two say the same', [listed(), listed({ id: 'c8' })], undefined],
  ['one of ours says something else', [listed({ body: 'bye' })], undefined],
  ['the list is longer', Array.from({ length: 100 }, () => listed({ creator_id: null })), undefined],
])('a lost answer: %s', async (_name, records, expected) => {
  expect(await find(records)).toEqual(expected);
});
test.each([
  ['the clocks differ', { date: new Date(NOW - 600_000).toUTCString() }, {}],
  ['it may still arrive', sameClock, { attemptedAt: NOW - 60_000 }],
  ['there is no thread yet', sameClock, { thread: '' }],
])('nothing is absent while %s', async (_name, headers, change) => {
  expect(await find([], headers, change)).toBeUndefined();
});

const ID = '5464b5c04d61639684110000';
test.each([
  ['intervention.open', { contentId: ID }, ['POST', '/interventions', { content_id: ID }]],
  [
    'intervention.assign',
    { interventionId: ID, agentId: AGENT },
    ['PUT', `/interventions/${ID}/reassign`, { user_id: AGENT }],
  ],
  ['intervention.close', { interventionId: ID }, ['PUT', `/interventions/${ID}/close`, undefined]],
  ['intervention.cancel', { interventionId: ID }, ['DELETE', `/interventions/${ID}/cancel`, undefined]],
  ['thread.close', { thread: ID }, ['PUT', `/content_threads/${ID}/close`, undefined]],
  ['thread.reopen', { thread: ID }, ['GET', `/content_threads/${ID}/open`, undefined]],
  [
    ...(['thread.categorize', { thread: ID, categoryIds: [AGENT, ID] }] as const),
    [
      'PUT',
      `/content_threads/${ID}/update_categories?thread_category_ids%5B%5D=${AGENT}&thread_category_ids%5B%5D=${ID}`,
      undefined,
    ],
  ],
  [
    ...(['control.pass', { interventionId: ID, to: 'agent' }] as const),
    ['POST', '/bots/handover', { from: 'bot', to: 'agent', type: 'engage_virtual_agent', intervention_id: ID }],
  ],
])('%s', async (name, input, [method, path, query]) => {
  const { io, requests } = inOrder(json(200, { id: 'i1' }));
  expect(await ringcentral.actions?.[name]?.run(input, SETTINGS, io)).toEqual({ done: true, id: 'i1' });
  expect(requests).toMatchObject([{ method, url: `${API}${path}`, ...(query && { query }) }]);
});

test('a note whose answer is lost is not said to be undone', async () => {
  const { io } = alwaysAnswering(json(503, ''));
  const note = ringcentral.actions?.['note.add']?.run({ interventionId: ID, text: 'call back' }, SETTINGS, io);
  await expect(note).rejects.toMatchObject({ kind: 'uncertain' });
});

test('files go up, and come down with the token for RingCentral only', async () => {
  const up = inOrder(json(200, { id: 'f1' }));
  const file = { stream: () => Readable.from(['x']), filename: 'a.png', mimeType: 'image/png', bytes: 1 };
  expect(await ringcentral.media?.upload?.(file, SETTINGS, up.io)).toEqual({ providerId: 'f1' });
  const down = inOrder({ status: 200, headers: {}, body: 'x' }, { status: 200, headers: {}, body: 'x' });
  for (const url of ['https://files.ringcentral.com/a', 'https://evil.example/a']) {
    await ringcentral.media?.download({ providerId: url }, SETTINGS, down.io);
  }
  expect(down.requests.map(({ headers }) => headers)).toEqual([{ authorization: 'Bearer a-token-of-an-agent' }, {}]);
});
