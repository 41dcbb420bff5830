import type { OutboundContent } from '../../../contract/message.ts';
import type { SoughtMessage } from '../../../service/src/channels/channel.ts';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import { answering, inOrder, json, NOW } from '../../conformance/fake-io.ts';
import { outgoing } from '../../support/outgoing.ts';
import { MESSAGES, SERVICE_SID, SMS, smsWith, twilioError, WHATSAPP } from './support.ts';

const find = (twilioSms.lookup as NonNullable<typeof twilioSms.lookup>).find.bind(twilioSms.lookup);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Attempted `agoMs` before now. */
function sought(agoMs: number, content: OutboundContent = { type: 'text', text: 'hello' }): SoughtMessage {
  const message = outgoing({ id: 'msg_1', to: { kind: 'phone', address: '+15550001111' }, content });
  return { ...message, attemptedAt: NOW - agoMs, isAnother: async (id) => id.startsWith('known') };
}

const listed = (sid: string, agoMs: number, change: Record<string, unknown> = {}) => ({
  ...{ sid, direction: 'outbound-api', to: '+15550001111', from: '+15550002222', body: 'hello', status: 'queued' },
  ...{ date_created: new Date(NOW - agoMs).toUTCString(), messaging_service_sid: null, error_code: null, ...change },
});
const at = (aheadMs: number) => ({ date: new Date(NOW + aheadMs).toUTCString() });
const page = (messages: unknown[], next: string | null = null, headers: Record<string, string> = at(0)) =>
  json(200, { messages, next_page_uri: next }, headers);
const OLD = listed('SM0', 25 * 60 * MINUTE, { body: 'earlier' });

test('asks for what was sent to this person from this sender', async () => {
  const { io, requests } = inOrder(page([]));
  await find(sought(SECOND), SMS, io);
  const query = { To: '+15550001111', From: '+15550002222', PageSize: 100 };
  expect(requests).toMatchObject([{ method: 'GET', url: MESSAGES, query }]);
});

test('on WhatsApp addresses have their prefix', async () => {
  const { io, requests } = inOrder(page([]));
  const to = { kind: 'phone', address: '15550001111' };
  await twilioWhatsApp.lookup?.find({ ...sought(SECOND), to }, WHATSAPP, io);
  expect(requests[0]?.query).toMatchObject({ To: 'whatsapp:+15550001111', From: 'whatsapp:+14155238886' });
});

test('is looked for under every spelling that Twilio may list the number by', async () => {
  const to = { kind: 'phone', address: '+5215512345678' };
  const { io, requests } = inOrder(page([OLD]), page([listed('SM1', SECOND, { to: '+525512345678' })]));
  const found = await find({ ...sought(SECOND), to }, SMS, io);
  expect(found).toMatchObject({ receipt: { providerMessageId: 'SM1' } });
  expect(requests.map(({ query }) => query?.['To'])).toEqual(['+5215512345678', '+525512345678']);
  const home = { kind: 'phone', address: '+447911123456' };
  const once = inOrder(page([]));
  await find({ ...sought(SECOND), to: home }, SMS, once.io);
  expect(once.requests).toHaveLength(1);
});

test('of a Messaging Service any sender may have been chosen', async () => {
  const settings = smsWith({ from: undefined, messagingServiceSid: SERVICE_SID });
  const { io, requests } = inOrder(
    page([
      listed('SM1', SECOND, { messaging_service_sid: 'MG9' }),
      listed('SM2', SECOND, { messaging_service_sid: SERVICE_SID, from: '+15550003333' }),
    ]),
  );
  await expect(find(sought(SECOND), settings, io)).resolves.toMatchObject({ receipt: { providerMessageId: 'SM2' } });
  expect(requests[0]?.query).not.toHaveProperty('From', expect.anything());
});

test('of a message with a Messaging Service of its own that service counts', async () => {
  const messages = [
    listed('SM1', SECOND),
    listed('SM2', SECOND, { messaging_service_sid: SERVICE_SID, from: '+15550003333' }),
  ];
  const { io, requests } = inOrder(page(messages));
  const options = { messagingServiceSid: SERVICE_SID };
  const found = await find({ ...sought(SECOND), options }, SMS, io);
  expect(found).toMatchObject({ receipt: { providerMessageId: 'SM2' } });
  expect(requests[0]?.query).toMatchObject({ From: undefined });
});

test('of a number with a Messaging Service, one for which no number is chosen yet is not left out', async () => {
  const settings = smsWith({ messagingServiceSid: SERVICE_SID });
  const accepted = listed('SM1', SECOND, { messaging_service_sid: SERVICE_SID, from: null, status: 'accepted' });
  const { io, requests } = inOrder(page([listed('SM2', SECOND), accepted]));
  await expect(find(sought(SECOND), settings, io)).resolves.toMatchObject({ receipt: { providerMessageId: 'SM1' } });
  expect(requests[0]?.query).toMatchObject({ From: undefined });
});

test('one that went through a service is not ours, but may be', async () => {
  const messages = [listed('SM1', 2 * MINUTE, { messaging_service_sid: SERVICE_SID })];
  await expect(find(sought(3 * MINUTE), SMS, inOrder(page(messages)).io)).resolves.toBeUndefined();
});

test.each([
  ['made long after the attempt is somebody else’s', listed('SM1', MINUTE)],
  ['made a while before it may be ours if a clock is wrong', listed('SM1', 13 * MINUTE)],
  ['without a readable time may be ours', listed('SM1', MINUTE, { date_created: 'lately' })],
])('the same text %s: nothing is certain', async (_name, message) => {
  await expect(find(sought(10 * MINUTE), SMS, inOrder(page([message])).io)).resolves.toBeUndefined();
});

test.each([
  ['queued', null, { status: 'sent' }],
  ['scheduled', null, { status: 'sent' }],
  ['delivered', null, { status: 'delivered' }],
  ['read', null, { status: 'read' }],
  ['undelivered', 30_005, { status: 'failed', error: { kind: 'rejected', providerCode: '30005' } }],
  ['canceled', null, { status: 'failed', error: { kind: 'rejected' } }],
])('found as %s', async (status, error_code, found) => {
  const { io } = inOrder(page([listed('SM1', SECOND, { status, error_code }), OLD]));
  const receipt = { providerMessageId: 'SM1' };
  await expect(find(sought(SECOND), SMS, io)).resolves.toMatchObject({ receipt, ...found });
});

test.each<[string, unknown[], string | undefined]>([
  ['another text', [listed('SM1', SECOND, { body: 'good bye' })], undefined],
  ['a message the ledger knows beside it', [listed('known1', SECOND), listed('SM1', SECOND)], 'SM1'],
  ['two that say the same', [listed('SM1', SECOND), listed('SM2', SECOND)], undefined],
  ['two of which one says the same', [listed('SM1', SECOND), listed('SM2', SECOND, { body: 'x' })], 'SM1'],
  ['the prefix of a trial', [listed('SM1', 0, { body: 'Sent from your Twilio trial account - hello' })], 'SM1'],
  ['one before the attempt', [listed('SM1', 2 * MINUTE)], undefined],
  ['one of the same second', [listed('SM1', 30 * SECOND)], 'SM1'],
  ['one from another sender', [listed('SM1', SECOND, { from: '+15559999999' })], undefined],
  ['what the person wrote', [listed('SM1', SECOND, { direction: 'inbound' })], undefined],
  ['an odd status', [listed('SM1', SECOND, { status: 'pondered' })], undefined],
])('%s', async (_name, messages, sid) => {
  const { io } = inOrder(page(messages));
  const found = await find(sought(10 * SECOND), SMS, io);
  expect(typeof found === 'object' ? found.receipt.providerMessageId : found).toBe(sid);
});

test.each<[string, OutboundContent, Record<string, unknown>]>([
  ['a template, whose text only Twilio knows', { type: 'template', name: 'HX1', language: 'en' }, { body: 'Dear Ana' }],
  ['a file by its caption', { type: 'image', link: 'https://a.example/1', caption: 'Look' }, { body: 'Look' }],
  ['a file without a caption', { type: 'audio', link: 'https://a.example/1' }, { body: '' }],
  ['a native one by its body', { type: 'native', body: { Body: 'x' } }, { body: 'x' }],
])('%s', async (_name, content, change) => {
  const { io } = inOrder(page([listed('SM1', SECOND, change)]));
  await expect(find(sought(SECOND, content), SMS, io)).resolves.toMatchObject({ status: 'sent' });
});

describe.each([-24 * 60, -10, 0, 10, 24 * 60])('while Twilio’s clock is %i minutes ahead of ours', (minutes) => {
  const aheadMs = minutes * MINUTE;

  test('what it made at the time of the attempt is found', async () => {
    const { io } = inOrder(page([listed('SM1', SECOND - aheadMs), OLD], null, at(aheadMs)));
    const found = await find(sought(SECOND), SMS, io);
    expect(found).toMatchObject({ receipt: { providerMessageId: 'SM1' } });
  });

  test.each([-10, 10])('what it made %i minutes from it is not', async (offMinutes) => {
    const message = listed('SM1', SECOND - aheadMs - offMinutes * MINUTE);
    const found = await find(sought(SECOND), SMS, inOrder(page([message], null, at(aheadMs))).io);
    expect(found).toBeUndefined();
  });
});

describe('what is not there', () => {
  test.each([
    ['is absent once that is certain', 2 * MINUTE, [OLD], 'absent'],
    ['is absent also when nothing was ever sent', 2 * MINUTE, [], 'absent'],
    ['may still come', 2 * MINUTE - SECOND, [OLD], undefined],
    ['is not absent while something else may be it', 5 * MINUTE, [listed('SM1', MINUTE, { body: 'short' })], undefined],
    ['is absent beside what the ledger knows', 5 * MINUTE, [listed('known1', MINUTE)], 'absent'],
  ])('%s', async (_name, agoMs, messages, answer) => {
    await expect(find(sought(agoMs), SMS, inOrder(page(messages)).io)).resolves.toBe(answer);
  });

  test.each<[string, Record<string, string>, 'absent' | undefined]>([
    ['a minute apart', at(MINUTE), 'absent'],
    ['ten minutes behind ours', at(-10 * MINUTE), undefined],
    ['ten minutes ahead of ours', at(10 * MINUTE), undefined],
    ['a day apart', at(24 * 60 * MINUTE), undefined],
    ['not told', {}, undefined],
    ['told as no date', { date: 'now' }, undefined],
  ])('is absent only where the clocks agree: %s', async (_name, headers, answer) => {
    await expect(find(sought(5 * MINUTE), SMS, inOrder(page([], null, headers)).io)).resolves.toBe(answer);
  });

  test.each([
    ['an hour ahead at the attempt', 5 * MINUTE, listed('SM1', 65 * MINUTE)],
    ['ten minutes ahead at the attempt', 5 * MINUTE, listed('SM1', 15 * MINUTE)],
  ])('is not absent when our clock was %s and is right by now', async (_name, agoMs, message) => {
    await expect(find(sought(agoMs), SMS, inOrder(page([message])).io)).resolves.toBeUndefined();
  });

  test('is looked for on every page until the list is older than the attempt', async () => {
    const next = '/2010-04-01/Accounts/AC1/Messages.json?Page=1&PageToken=PA1';
    const first = page([listed('known1', MINUTE)], next);
    const { io, requests } = inOrder(first, page([OLD], `${next}2`));
    await expect(find(sought(5 * MINUTE), SMS, io)).resolves.toBe('absent');
    expect(requests[1]).toMatchObject({ url: `https://api.twilio.com${next}` });
    expect(requests).toHaveLength(2);
  });

  test('is not absent from the newest pages when it waits for its time: nobody says where such stand', async () => {
    const options = { messagingServiceSid: SERVICE_SID, sendAt: '2030-01-01T00:00:00Z' };
    const { io } = inOrder(page([OLD], '/next'));
    await expect(find({ ...sought(5 * MINUTE), options }, SMS, io)).resolves.toBeUndefined();
    const { io: whole } = inOrder(page([OLD]));
    await expect(find({ ...sought(5 * MINUTE), options }, SMS, whole)).resolves.toBe('absent');
  });

  test('is not absent when Twilio was told to hide whom it was for', async () => {
    const content: OutboundContent = { type: 'native', body: { Body: 'x', AddressRetention: 'obfuscate' } };
    await expect(find(sought(5 * MINUTE, content), SMS, inOrder(page([])).io)).resolves.toBeUndefined();
  });

  test('is looked for at Twilio only: the credentials go along', async () => {
    const { io, requests } = answering(() => page([listed('known1', MINUTE)], '@evil.example/next'));
    await expect(find(sought(5 * MINUTE), SMS, io)).resolves.toBeUndefined();
    expect(requests).toHaveLength(1);
  });

  test('is not said to be absent when the list does not end', async () => {
    const { io, requests } = answering(() => page([listed('known1', MINUTE)], '/next'));
    await expect(find(sought(5 * MINUTE), SMS, io)).resolves.toBeUndefined();
    expect(requests).toHaveLength(5);
  });

  test('is not absent when Twilio cannot be asked', async () => {
    const { io } = inOrder(twilioError(20503, 503));
    await expect(find(sought(5 * MINUTE), SMS, io)).rejects.toMatchObject({ kind: 'unreachable' });
  });
});
