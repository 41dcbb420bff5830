import fc from 'fast-check';
import type { Channel, ChannelEvent } from '../../../service/src/channels/channel.ts';
import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { mutated } from '../../conformance/probes.ts';
import { WEBHOOKS as IG_WEBHOOKS } from '../instagram/fixtures/webhooks.ts';
import { IG_ID, SETTINGS as IG_SETTINGS } from '../instagram/support.ts';
import { WEBHOOKS as PAGE_WEBHOOKS } from '../messenger/fixtures/webhooks.ts';
import { PAGE_ID, SETTINGS as PAGE_SETTINGS } from '../messenger/support.ts';
import { requestWith } from './support.ts';

interface Subject {
  id: string;
  topic: string;
  accountId: string;
  webhooks: readonly unknown[];
  parse(body: unknown): ChannelEvent[];
}

function subject<S>(channel: Channel<S>, settings: S, topic: string, accountId: string, webhooks: unknown[]): Subject {
  const parse = (body: unknown) => channel.parse(requestWith(Buffer.from(JSON.stringify(body))), settings);
  return { id: channel.id, topic, accountId, webhooks, parse };
}

const SUBJECTS = [
  subject(messenger, PAGE_SETTINGS, 'page', PAGE_ID, PAGE_WEBHOOKS),
  subject(instagram, IG_SETTINGS, 'instagram', IG_ID, IG_WEBHOOKS),
];

describe.each(SUBJECTS.map((one) => [one.id, one] as const))('%s', (_id, { topic, accountId, webhooks, parse }) => {
  const entry = (members: Record<string, unknown>) => ({
    object: topic,
    entry: [{ id: accountId, time: 1, ...members }],
  });

  test.each([
    ['an entry without content', entry({}), 'entry without content'],
    ['a list that is empty', entry({ messaging: [] }), 'entry without content'],
    ['an element that is no object', entry({ messaging: [7] }), 'messaging element that is no object'],
    ['an onlooker’s element that is no object', entry({ standby: [null] }), 'standby element that is no object'],
    ['a change that is no object', entry({ changes: ['x'] }), 'changes element that is no object'],
    [
      'a field that is a member of every object',
      entry({ changes: [{ field: 'toString' }] }),
      'field "toString" is not known',
    ],
    ['an event of tomorrow', entry({ messaging: [{ telepathy: {} }] }), 'kind of event that is not known'],
    [
      'an event that is a member of every object',
      entry({ messaging: [{ toString: {} }] }),
      'kind of event that is not known',
    ],
  ])('%s is kept', (_name, body, reason) => {
    const [event, ...others] = parse(body);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'unsupported', data: { reason } });
    expect(event?.raw).toBeDefined();
  });

  test('what is true of two accounts is not taken for one', () => {
    const told = (id: string) => ({
      ...{ id, time: 1 },
      messaging: [{ sender: { id: '5' }, recipient: { id }, timestamp: 1, read: { watermark: 1, mid: 'm' } }],
    });
    const events = parse({ object: topic, entry: [told(accountId), told('999'), told('999')] });
    expect(events.map(({ address }) => address)).toEqual([[accountId], ['999']]);
  });

  test('nothing is left out: every element, in order', () => {
    const said = (mid: string) => ({ sender: { id: '1' }, recipient: { id: accountId }, message: { mid, text: mid } });
    const body = {
      object: topic,
      entry: [
        { id: accountId, messaging: [said('a'), said('b')], standby: [said('c')] },
        { id: accountId, messaging: [said('d'), { dreams: {} }, said('a')] },
      ],
    };
    const ids = parse(body).map((event) => ('providerMessageId' in event ? event.providerMessageId : event.type));
    expect(ids).toEqual(['a', 'b', 'c', 'd', 'unsupported']);
  });

  test.each<[string, Record<string, unknown>]>([
    ['reaction', { mid: 'm', action: 'react', emoji: '👍' }],
    ['postback', { title: 'Menu', payload: 'MENU' }],
    ['optin', { type: 'notification_messages', payload: 'TOPIC' }],
    ['referral', { ref: 'x', source: 'SHORTLINK' }],
    ['order', { products: [] }],
    ['account_linking', { status: 'linked' }],
    ['take_thread_control', { new_owner_app_id: '1' }],
    ['policy_enforcement', { action: 'warning' }],
    ['dreams', {}],
  ])('the same %s is the same fact, a later one is another', (member, about) => {
    const at = (timestamp: number) => {
      const element = { sender: { id: '1' }, recipient: { id: accountId }, timestamp, [member]: about };
      return parse(entry({ messaging: [element] })).map(({ dedupeKey }) => dedupeKey);
    };
    expect(at(1_458_692_752_478)).toEqual(at(1_458_692_752_478));
    expect(at(1_458_692_752_478)).not.toEqual(at(1_458_692_752_479));
  });

  test('whatever is broken in a webhook, what is read is addressed, keyed and told by someone', () => {
    const anything = fc.oneof(...webhooks.map((sample) => mutated(sample)));
    fc.assert(
      fc.property(anything, (body) => {
        for (const event of parse(body)) {
          if (event.opensWindow !== undefined || event.owner !== undefined) expect(event.contact).toBeDefined();
          for (const { address } of event.contact?.identities ?? []) expect(address).not.toBe(accountId);
          if (event.type === 'message.received') expect(event.dedupeKey).toBe(`message:${event.providerMessageId}`);
          if (event.type === 'message.echo') expect(event.opensWindow).toBeUndefined();
        }
      }),
      { numRuns: 400 },
    );
  });

  test('whatever text a person writes is read as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const element = { sender: { id: '1' }, recipient: { id: accountId }, message: { mid: 'm', text } };
        const expected = JSON.parse(JSON.stringify(text)) as string;
        expect(parse(entry({ messaging: [element] }))).toMatchObject([{ content: { type: 'text', text: expected } }]);
      }),
    );
  });
});
