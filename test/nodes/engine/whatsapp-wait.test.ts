/** Message → Send and Wait for Reply: parked, resumed by the contact's reply, left alone by link previews, ended by time. */
import type { IDataObject } from 'n8n-workflow';
import type { SendMessage } from '../../../contract/api.ts';
import type { EventOf, ParleyEvent } from '../../../contract/event.ts';
import type { InboundContent } from '../../../contract/message.ts';
import type { Execution } from '../../support/engine/engine.ts';
import { type ActionFixture, NODE, problem, startActionFixture } from './action-fixture.ts';

let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture();
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
});

const question = { resource: 'message', operation: 'sendAndWait', to: '+15550001111', message: 'Tuesday?' };

async function parked(parameters: IDataObject = {}): Promise<{ execution: Execution; message: SendMessage }> {
  const execution = await fixture.run({ ...question, ...parameters });
  if (execution.error) throw execution.error;
  expect(execution.status).toBe('waiting');
  return { execution, message: fixture.service.at('POST /v1/messages').at(-1)?.body as SendMessage };
}

function reply(content: InboundContent): EventOf<'message.received'> {
  return {
    ...{ id: 'evt_1', type: 'message.received', at: '2026-11-22T10:00:00.000Z', channel: 'whatsapp' },
    account: { id: 'acc_1', externalId: '1' },
    conversationId: 'con_1',
    contact: { id: 'ctc_1', name: 'Ana', identities: [{ kind: 'phone', address: '15550001111' }] },
    message: { id: 'msg_2', providerMessageId: 'p2', content, sentAt: '2026-11-22T10:00:00.000Z' },
    awaited: true,
  };
}

async function post(url: string, body: unknown): Promise<Response> {
  return await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'webhook-id': 'dlv_1' },
    body: JSON.stringify(body),
  });
}

async function ended(execution: Execution): Promise<IDataObject | undefined> {
  await fixture.engine.waitForExecution((each) => each.id === execution.id && each.status === 'success');
  return execution.items(NODE)[0]?.json;
}

test('the question is sent with the resume URL and the end of the wait', async () => {
  const before = Date.now();
  const { execution, message } = await parked({ waitAmount: 2, waitUnit: 'hours' });
  expect(execution.items(NODE)[0]?.json).toMatchObject({ messageId: 'msg_1', status: 'queued' });
  expect(message.content).toEqual({ type: 'text', text: 'Tuesday?' });
  expect(message.wait?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/webhook-waiting\/.+signature=/);
  const waits = Date.parse(message.wait?.until ?? '') - before;
  expect(waits).toBeGreaterThanOrEqual(2 * 3_600_000);
  expect(waits).toBeLessThan(2 * 3_600_000 + 60_000);
});

test('a written reply resumes with its text', async () => {
  const { execution, message } = await parked();
  const response = await post(message.wait?.url ?? '', { events: [reply({ type: 'text', text: 'Yes!' })] });
  expect(response.status).toBe(200);
  expect(response.headers.get('webhook-id')).toBe('dlv_1');
  expect(message.wait?.confirms).toBe(true);
  expect(await ended(execution)).toMatchObject({
    replied: true,
    timedOut: false,
    text: 'Yes!',
    from: '15550001111',
    conversationId: 'con_1',
  });
});

test('a tapped button resumes with its ID', async () => {
  const buttons = {
    button: [
      { id: 'yes', title: 'Yes' },
      { id: 'no', title: 'No' },
    ],
  };
  const { execution, message } = await parked({ responseType: 'buttons', buttons });
  expect(message.content).toMatchObject({ type: 'buttons', text: 'Tuesday?', buttons: buttons.button });
  const content: InboundContent = { type: 'button', buttonId: 'no', text: 'No', source: 'message' };
  await post(message.wait?.url ?? '', { events: [reply(content)] });
  expect(await ended(execution)).toMatchObject({ replied: true, buttonId: 'no' });
});

test.each<[string, InboundContent, boolean]>([
  ['the approving button', { type: 'button', buttonId: 'approve', text: 'Approve', source: 'message' }, true],
  ['the declining button', { type: 'button', buttonId: 'decline', text: 'Decline', source: 'message' }, false],
  ['a text', { type: 'text', text: 'approve' }, false],
])('an approval by %s', async (_, content, approved) => {
  const { execution, message } = await parked({ responseType: 'approval' });
  await post(message.wait?.url ?? '', { events: [reply(content)] });
  expect(await ended(execution)).toMatchObject({ approved });
});

test('a question that could not be sent ends the wait with the reason', async () => {
  const { execution, message } = await parked();
  const { message: _, awaited: __, ...event } = reply({ type: 'text', text: '' });
  const error = { code: 'rejected', message: 'Message undeliverable', providerCode: '131026' };
  const status = { id: 'msg_1', status: 'failed' as const, kind: 'text', error };
  const failure: ParleyEvent = { ...event, type: 'message.status', status };
  expect((await post(message.wait?.url ?? '', { events: [failure] })).status).toBe(200);
  expect(await ended(execution)).toMatchObject({
    ...{ replied: false, timedOut: false, failed: true },
    ...{ errorCode: 'rejected', errorMessage: 'Message undeliverable', messageId: 'msg_1' },
  });
});

test('what is no reply is answered and changes nothing', async () => {
  const { execution, message } = await parked();
  const url = message.wait?.url ?? '';
  const preview = await fetch(url, { headers: { 'webhook-id': 'dlv_1' } });
  expect(preview.headers.get('webhook-id')).toBeNull();
  expect([preview.status, await preview.text()]).toEqual([200, expect.stringMatching(/waits for a reply/)]);
  expect((await post(url, { hello: 1 })).status).toBe(400);
  expect((await post(url, { events: [{ ...reply({ type: 'text', text: '' }), type: 'message.status' }] })).status).toBe(
    202,
  );
  expect((await post(url.replace(/signature=./, 'signature=x'), { events: [] })).status).toBe(401);
  expect(execution.status).toBe('waiting');
});

test('when time is up the output says so', async () => {
  const { execution } = await parked({ responseType: 'approval' });
  await fixture.engine.expire(execution.id);
  expect(await ended(execution)).toEqual({
    ...{ replied: false, timedOut: true, approved: false },
    ...{ messageId: 'msg_1', conversationId: 'con_1', to: '+15550001111' },
  });
});

test('several items are refused before anything is sent', async () => {
  const error = await fixture.failure(question, { items: [{ json: {} }, { json: {} }] });
  expect(error.message).toMatch(/one reply only, and there are 2 items/);
  expect(error.description).toMatch(/Loop Over Items/);
  expect(fixture.service.calls).toEqual([]);
});

test('a question that is refused fails, or goes on when told to', async () => {
  fixture.service.answers.set('POST /v1/messages', () => problem(422, 'session_closed', 'Closed'));
  expect((await fixture.failure(question)).message).toMatch(/no open session/);
  const [item] = await fixture.output(question, { node: { onError: 'continueRegularOutput' } });
  expect(item).toMatchObject({
    json: { error: expect.stringMatching(/no open session/) as string },
    pairedItem: { item: 0 },
  });
});
