import { channels } from '../../service/src/channels/index.ts';
import { ACTS, type Act, type Speaker } from './vocabulary/acts.ts';
import { INSTAGRAM, MESSENGER, QUICK_REPLIES } from './vocabulary/meta.ts';
import { RINGCENTRAL } from './vocabulary/ringcentral.ts';
import { SENDBIRD } from './vocabulary/sendbird.ts';
import { SUNSHINE } from './vocabulary/sunshine.ts';
import { TWILIO_SMS, TWILIO_WHATSAPP } from './vocabulary/twilio.ts';
import { DIALOG360_SPEAKER, WHATSAPP } from './vocabulary/whatsapp.ts';

const SPEAKERS: readonly Speaker[] = [
  ...[WHATSAPP, DIALOG360_SPEAKER, MESSENGER, INSTAGRAM, TWILIO_SMS, TWILIO_WHATSAPP],
  SENDBIRD,
  SUNSHINE,
  RINGCENTRAL,
];

/** What only says how the provider names or keeps things. */
const PROVIDERS_OWN = new Set([
  'providerId',
  'mimeType',
  'sha256',
  'reason',
  'catalogId',
  'mediaType',
  'contact',
  'name',
  'address',
]);

function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, member]) => !PROVIDERS_OWN.has(name) && member !== undefined);
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutOwn(member)]));
}

const rows = [...SPEAKERS, ...QUICK_REPLIES].flatMap((speaker) =>
  Object.entries(speaker.says).map(([act, webhook]) => [act as Act, speaker.channel, speaker, webhook] as const),
);

describe('the same act is the same event', () => {
  test.each(rows)('a person %s: %s', (act, _channel, { parse, opens = {} }: Speaker, webhook) => {
    const [event, ...others] = parse(webhook);
    expect(others).toEqual([]);
    const { opensWindow, ...told }: Record<string, unknown> = { opensWindow: undefined, ...ACTS[act] };
    const content = event && 'content' in event ? withoutOwn(event.content) : undefined;
    const context = event && 'context' in event ? withoutOwn(event.context) : undefined;
    expect({ ...event, content, context }).toMatchObject(told);
    if (told['content'] !== undefined) expect(content).toEqual(told['content']);
    if (told['context'] !== undefined) expect(context).toEqual(told['context']);
    expect(event?.opensWindow ?? '').toBe(opens[act] ?? opensWindow ?? '');
    if (event?.type !== 'message.status') expect(event?.contact?.identities.length).toBeGreaterThan(0);
  });
});

test('every channel has a say, and every act is known to one at least', () => {
  expect(SPEAKERS.map(({ channel }) => channel).sort()).toEqual(channels.map(({ id }) => id).sort());
  const known = new Set(SPEAKERS.flatMap(({ says }) => Object.keys(says)));
  expect([...known].sort()).toEqual(Object.keys(ACTS).sort());
});
