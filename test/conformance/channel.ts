/**
 * The conformance suite of the channel contract: every channel passes the same. Call it at the top of a test file with a subject:
 * the channel, settings in which every secret is set, and samples of its own protocol.
 */
import fc from 'fast-check';
import { EVENT_TYPES } from '../../contract/event.ts';
import { OUTBOUND_KINDS, type OutboundContent } from '../../contract/message.ts';
import { observedContent } from '../../service/src/api/inbound-content.schema.ts';
import { has, type ChannelEvent, type PartialFact } from '../../service/src/channels/channel.ts';
import type { HttpResponse } from '../../service/src/core/http.ts';
import { ParleyError, SEND_ERROR_KINDS, SendError } from '../../service/src/core/errors.ts';
import { mask } from '../../service/src/platform/secret-box.ts';
import { outgoing } from '../support/outgoing.ts';
import { channelSizes } from './channel-sizes.ts';
import type { ChannelSubject } from './channel-subject.ts';
import { verification } from './channel-verification.ts';
import { alwaysAnswering, answering, failingWith } from './fake-io.ts';
import { caught, deepFrozen, mutated, revealed, secretValues } from './probes.ts';
import { anyThread, recipientOf } from '../support/recipient.ts';

const asJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'utf8');

/** A content of a kind the channel does not have: nothing but the kind may be looked at. */
const bare = (type: string): OutboundContent => ({ type }) as unknown as OutboundContent;

function expectWellFormed(events: readonly ChannelEvent[]): void {
  for (const event of events) {
    expect([...EVENT_TYPES, 'message.watermark']).toContain(event.type);
    const { opensWindow, owner, closes, facts, attributes, thread } = event;
    const tellsOfPerson = [opensWindow, owner, closes, facts, attributes, thread].some((told) => told !== undefined);
    if (tellsOfPerson) expect(event.contact).toBeDefined();
    if (thread !== undefined) expect(thread).not.toBe('');
    expect(event.dedupeKey).toMatch(/^.{3,}$/s);
    if (event.at !== undefined) expect(new Date(event.at).toISOString()).toMatch(/Z$/);
    if (event.contact !== undefined) expect(event.contact.identities.length).toBeGreaterThan(0);
    expect(() => JSON.stringify(event)).not.toThrow();
  }
  const keys = events.map((event) => event.dedupeKey);
  expect(new Set(keys).size).toBe(keys.length);
}

function identityAndSettings<S>({ channel, settings }: ChannelSubject<S>): void {
  test('has an id that fits URLs and a name', () => {
    expect(channel.id).toMatch(/^[a-z][a-z0-9_-]*$/);
    expect(channel.name).not.toBe('');
  });

  test('its settings are strict', () => {
    expect(channel.settings.safeParse(settings).success).toBe(true);
    expect(channel.settings.safeParse({ ...settings, surplus: 1 }).success).toBe(false);
    expect(channel.settings.safeParse({}).success).toBe(false);
    expect(channel.settings.safeParse(null).success).toBe(false);
  });

  test('tells at once what can be sent, whatever is known of a conversation', () => {
    const read = channel.settings.parse(settings);
    expect(channel.capabilities(read)).toBe(channel.capabilities(read));
    expect(channel.capabilities(read, { surface: 'none that there is' }).kinds.length).toBeGreaterThan(0);
  });

  test('people keep their realm when a secret is exchanged', () => {
    const read = channel.settings.parse(settings) as Record<string, unknown>;
    const exchanged = { ...read, ...Object.fromEntries(channel.secrets.map((name) => [name, 'another'])) };
    for (const kind of channel.sendTo) expect(channel.realm(kind, exchanged as S)).toBe(channel.realm(kind, read as S));
  });

  test('reading settings twice changes nothing', () => {
    const once = channel.settings.parse(settings);
    expect(channel.settings.parse(once)).toEqual(once);
  });

  test('every secret is a member of the settings, and is masked', () => {
    expect(Object.keys(settings)).toEqual(expect.arrayContaining([...channel.secrets]));
    const shown = mask(channel.settings.parse(settings) as Record<string, unknown>, channel.secrets);
    expect(revealed(shown, secretValues(settings, channel.secrets))).toEqual([]);
  });

  test('an error about bad settings shows no secret', () => {
    const bad = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, { wrong: value }]));
    const error = channel.settings.safeParse({ ...bad, surplus: settings }).error;
    expect(revealed(error, secretValues(settings, channel.secrets))).toEqual([]);
  });

  test('is named by its external id and has an address', () => {
    const parsed = channel.settings.parse(settings);
    expect(channel.externalId(parsed)).toMatch(/^\S+$/);
    expect(channel.addresses(parsed).length).toBeGreaterThan(0);
  });
}

/** Accounts of one application are known by what they have in common. */
function connection<S>({ channel, ...subject }: ChannelSubject<S>): void {
  const settings = channel.settings.parse(subject.settings);

  test('tells its connection by a key and by secrets, the same each time, and shows the key to anybody', () => {
    const { key, secrets, application = '', credentials = [] } = channel.connection(settings);
    const again = channel.connection(channel.settings.parse(subject.settings));
    expect({ application: '', credentials: [], ...again }).toEqual({ key, secrets, application, credentials });
    expect(secrets.length).toBeGreaterThan(0);
    expect(new Set(secrets).size).toBe(secrets.length);
    expect(revealed(`${key} ${application}`, secretValues(subject.settings, channel.secrets))).toEqual([]);
    for (const secret of secrets)
      expect(revealed(secret, secretValues(subject.settings, channel.secrets))).not.toEqual([]);
  });

  test('of the headers of webhooks it has only those stored that it reads again', () => {
    expect(channel.webhookHeaders).toEqual(expect.arrayContaining([...(channel.parsedHeaders ?? [])]));
  });
}

/** Whichever account of a connection reads a webhook first, the same accounts are found: no address may depend on who reads. */
function addressing<S>({ channel, samples, ...subject }: ChannelSubject<S>): void {
  const bytes = samples.encode ?? asJson;
  const settings = channel.settings.parse(subject.settings);
  const sibling = channel.settings.parse(subject.sibling);
  const addressesIn = (body: unknown, own: S): string[] => {
    const events = channel.parse(samples.sign(bytes(body)), own);
    return [...new Set(events.map(({ address = null }) => JSON.stringify(address)))].sort();
  };

  test('another account is of the same connection and has an address of its own', () => {
    const { key, secrets } = channel.connection(settings);
    expect(channel.connection(sibling)).toMatchObject({ key, secrets });
    expect(channel.addresses(sibling).some((address) => !channel.addresses(settings).includes(address))).toBe(true);
  });

  test.each(samples.webhooks.map((body, index) => [index, body]))(
    'webhook %i names the same addresses, whichever account reads it',
    (_index, body) => {
      expect(addressesIn(body, sibling)).toEqual(addressesIn(body, settings));
    },
  );

  test.each(samples.webhooks.map((body, index) => [index, body]))(
    'what webhook %i tells of an account is read with its settings, whichever account reads it',
    (_index, body) => {
      const named = (events: ChannelEvent[]) => events.filter(({ address }) => address !== undefined);
      const request = samples.sign(bytes(body));
      expect(named(channel.parse(request, sibling, () => settings))).toEqual(named(channel.parse(request, settings)));
    },
  );

  test('so does whatever else stands in a webhook', () => {
    fc.assert(
      fc.property(fc.oneof(...samples.webhooks.map((sample) => mutated(sample))), (body) => {
        expect(addressesIn(body, sibling)).toEqual(addressesIn(body, settings));
      }),
    );
  });
}

function parsing<S>(subject: ChannelSubject<S>): void {
  const { channel, samples } = subject;
  const bytes = samples.encode ?? asJson;
  const settings = deepFrozen(channel.settings.parse(subject.settings));
  const parsed = (body: Buffer): ChannelEvent[] => channel.parse(samples.sign(body), settings);

  test.each(samples.webhooks.map((body, index) => [index, body]))(
    'reads webhook %i the same each time',
    (_index, body) => {
      const request = deepFrozen({ ...samples.sign(bytes(body)), body: bytes(body) });
      const events = channel.parse(request, settings);
      expect(events.length).toBeGreaterThan(0);
      expectWellFormed(events);
      expect(channel.parse(request, settings)).toEqual(events);
      expect(request.body).toEqual(bytes(body));
      for (const { address, thread } of events) {
        if (thread !== undefined) expect(channel.capabilities(settings).threads).toBeDefined();
        if (address === undefined) continue;
        const named = typeof address === 'string' ? [address] : address;
        expect(channel.addresses(settings).some((own) => named.includes(own))).toBe(true);
      }
    },
  );

  test('never throws, whatever JSON stands in a webhook', () => {
    const body = fc.oneof(fc.jsonValue(), ...samples.webhooks.map((sample) => mutated(sample)));
    fc.assert(
      fc.property(body, (value) => expectWellFormed(parsed(bytes(value)))),
      { numRuns: 500 },
    );
  });

  test('never throws, whatever bytes a webhook has', () => {
    fc.assert(fc.property(fc.uint8Array(), (body) => expectWellFormed(parsed(Buffer.from(body)))));
    expectWellFormed(parsed(Buffer.from('['.repeat(200_000))));
  });

  test('no message opens the session without a contact', () => {
    fc.assert(
      fc.property(fc.oneof(...samples.webhooks.map((sample) => mutated(sample))), (value) => {
        const openers = parsed(bytes(value)).filter((event) => 'opensWindow' in event && event.opensWindow);
        for (const event of openers.filter(({ type }) => type === 'message.received'))
          expect(event.contact).toBeDefined();
      }),
    );
  });
}

function checking<S>(subject: ChannelSubject<S>): void {
  const { channel, samples } = subject;
  const settings = channel.settings.parse(subject.settings);
  const { kinds } = channel.capabilities(settings);
  const missing = OUTBOUND_KINDS.filter((kind) => !kinds.includes(kind));

  test.each(kinds.map((kind) => [kind]))('accepts its samples of %s', (kind) => {
    const contents = samples.outbound.filter(({ type }) => type === kind);
    expect(contents.length).toBeGreaterThan(0);
    for (const content of contents) expect(caught(() => channel.check(content, settings))).toBeUndefined();
  });

  test.each([...missing, 'constructor', 'no_such_kind'].map((kind) => [kind]))('refuses the kind %s', (kind) => {
    const error = caught(() => channel.check(bare(kind), settings));
    expect(error).toBeInstanceOf(ParleyError);
    expect(error).toMatchObject({ status: 400, code: 'unsupported_by_channel' });
    expect((error as Error).message).toContain(kinds[0]);
  });

  test.each(kinds.map((kind) => [kind]))('an empty %s is invalid, not a crash', (kind) => {
    expect(caught(() => channel.check(bare(kind), settings))).toMatchObject({ status: 400, code: 'invalid_content' });
  });
}

function recipients<S>({ channel, settings: given, samples }: ChannelSubject<S>): void {
  const settings = channel.settings.parse(given);

  test.each(samples.recipients.good.map((to) => [to]))('takes the recipient %s', (to) => {
    const identity = recipientOf(channel, to, settings);
    expect(channel.sendTo).toContain(identity.kind);
    expect(recipientOf(channel, identity.address, settings)).toEqual(identity);
  });

  test.each(samples.recipients.bad.map((to) => [to]))('refuses the recipient %j and says what is expected', (to) => {
    const error = caught(() => recipientOf(channel, to, settings));
    expect(error).toMatchObject({ status: 400, code: 'invalid_recipient' });
    expect((error as Error).message).toMatch(/expected/i);
  });
}

function sending<S>(subject: ChannelSubject<S>): void {
  const { channel, samples } = subject;
  const settings = channel.settings.parse(subject.settings);
  const secrets = secretValues(subject.settings, channel.secrets);
  const to = recipientOf(channel, samples.recipients.good[0] as string, settings);
  const content = samples.outbound[0] as OutboundContent;
  const message = outgoing({ id: 'msg_1', to, content, thread: anyThread(channel, settings) });
  const statuses = [400, 401, 403, 404, 409, 429, 500, 502, 503, 504];

  test.each([['unreachable' as const], ['uncertain' as const]])(
    'passes on that the provider is %s, without secrets',
    async (kind) => {
      const io = failingWith(new SendError(kind, `connect failed: ${secrets.join(' ')}`));
      const error: unknown = await channel.send(message, settings, io).catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(SendError);
      expect(error).toMatchObject({ kind });
      expect(revealed(error, secrets)).toEqual([]);
    },
  );

  test('calls once and never repeats by itself', async () => {
    const { io, requests } = alwaysAnswering({ status: 503, headers: {}, body: undefined });
    await expect(channel.send(message, settings, io)).rejects.toBeInstanceOf(SendError);
    expect(requests).toHaveLength(1);
  });

  test.each(statuses)('HTTP %i without an explanation is a SendError', async (status) => {
    const { io } = alwaysAnswering({ status, headers: {}, body: '<html>gateway</html>' });
    const error: unknown = await channel.send(message, settings, io).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(SendError);
    expect(SEND_ERROR_KINDS).toContain((error as SendError).kind);
  });

  test.each(
    PROVES_NOTHING.flatMap((status) => WORDLESS.flatMap((body) => WAITS.map((headers) => [status, body, headers]))),
  )('HTTP %i with %j and %j does not prove that nothing was sent', async (status, body, headers) => {
    const { io } = alwaysAnswering({ status, headers, body } as HttpResponse);
    await expect(channel.send(message, settings, io)).rejects.toMatchObject({ kind: 'uncertain' });
  });

  test.each(REFUSED.flatMap((status) => WORDLESS.map((body) => [status, body])))(
    'HTTP %i with %j is a refusal: it is neither uncertain nor sent again by itself',
    async (status, body) => {
      const { io } = alwaysAnswering({ status, headers: {}, body } as HttpResponse);
      const error: unknown = await channel.send(message, settings, io).catch((cause: unknown) => cause);
      expect(['rejected', 'invalid', 'settings', 'throttled']).toContain((error as SendError).kind);
    },
  );
}

/** Statuses that a provider, or whatever stands before it, also answers to what was taken. */
const PROVES_NOTHING = [200, 202, 204, 302, 303, 408, 425, 460, 499, 500, 501, 502, 503, 504, 507, 520, 522, 524, 529];
/** Statuses by which a server says that it did not act on a request. */
const REFUSED = [400, 401, 403, 404, 405, 413, 415, 422, 429];
/** Answers in which no word is the provider's: none at all, a page, half of one that was to be JSON, JSON of somebody else. */
const WORDLESS = [undefined, '', '<html><h1>Gateway</h1></html>', '{"messages":[{"id":"wa', {}, [], 'null'];
const WAITS = [
  {},
  { 'retry-after': '7' },
  { 'content-type': 'text/html', 'retry-after': 'Fri, 31 Dec 2099 23:59:59 GMT' },
];

function threads<S>({ channel, settings: given, samples }: ChannelSubject<S>): void {
  const settings = channel.settings.parse(given);
  const to = recipientOf(channel, samples.recipients.good[0] as string, settings);
  const asked = async (thread: string) => {
    const { io, requests } = alwaysAnswering({ status: 503, headers: {}, body: undefined });
    const message = outgoing({ id: 'msg_1', to, thread, content: samples.outbound[0] as OutboundContent });
    await expect(channel.send(message, settings, io)).rejects.toBeInstanceOf(SendError);
    expect(requests).toHaveLength(1);
    return requests;
  };

  test('where there are threads, the provider is told in which one a message goes', async () => {
    const { threads: known } = channel.capabilities(settings);
    if (known === undefined) return;
    expect(await asked('t-1')).not.toEqual(await asked(known === 'required' ? 't-2' : ''));
  });
}

/** What is told by reference only stands by itself, and its rest can be fetched again and again. */
function completion<S>({ channel, settings: given, samples }: ChannelSubject<S>): void {
  const bytes = samples.encode ?? asJson;
  const settings = deepFrozen(channel.settings.parse(given));
  const partsOf = (body: unknown) =>
    channel
      .parse(samples.sign(bytes(body)), settings)
      .filter((event): event is PartialFact => 'rest' in event && event.rest !== undefined);
  const parts = deepFrozen(samples.webhooks.flatMap(partsOf));
  const secrets = [...secretValues(given, channel.secrets), ...(samples.completion?.secrets ?? [])];
  const complete = (
    part: PartialFact,
    io = answering((asked) => samples.completion?.answers(asked) as HttpResponse).io,
  ) => channel.completion?.complete(part, settings, io);
  const isContent = (content: unknown) => observedContent.safeParse(content).success;

  test('only a channel that can fetch the rest tells a part, and one that can has samples of it', () => {
    expect(parts.length > 0).toBe(has(channel, 'completion'));
    expect(samples.completion !== undefined).toBe(has(channel, 'completion'));
    fc.assert(
      fc.property(fc.oneof(...samples.webhooks.map((sample) => mutated(sample))), (body) => {
        const read = partsOf(body);
        if (!has(channel, 'completion')) expect(read).toEqual([]);
        for (const { content } of read) expect([content, isContent(content)]).toEqual([content, true]);
      }),
    );
  });
  if (!has(channel, 'completion')) return;

  test('what it takes to fetch the rest can be kept as JSON, and its secrets stand nowhere else', () => {
    for (const { rest, ...told } of parts) {
      expect(JSON.parse(JSON.stringify(rest))).toEqual(rest);
      expect(revealed(told, secrets)).toEqual([]);
    }
  });

  test('the whole is content, the same each time, also of a fact that was kept', async () => {
    for (const part of parts) {
      const whole = await complete(part);
      expect(whole && Object.keys(whole).filter((name) => name !== 'context')).toEqual(['content']);
      expect([whole?.content, isContent(whole?.content)]).toEqual([whole?.content, true]);
      expect(await complete(JSON.parse(JSON.stringify(part)) as PartialFact)).toEqual(whole);
    }
  });

  test.each([400, 401, 403, 404, 410, 429, 500, 503])('HTTP %i is an error, without secrets', async (status) => {
    const { io } = alwaysAnswering({ status, headers: {}, body: secrets.join(' ') });
    const error: unknown = await complete(parts[0] as PartialFact, io)?.catch((cause: unknown) => cause);
    expect(error instanceof SendError || error instanceof ParleyError).toBe(true);
    expect(revealed(error, secrets)).toEqual([]);
  });

  test.each(['unreachable', 'uncertain'] as const)('passes on that the provider is %s', async (kind) => {
    const asked = complete(parts[0] as PartialFact, failingWith(new SendError(kind, 'Nobody there')));
    const error: unknown = await asked?.catch((cause: unknown) => cause);
    // What only asks may be asked again: nothing about it is uncertain.
    expect(['unreachable', kind]).toContain((error as SendError).kind);
  });
}

function refusals<S>(subject: ChannelSubject<S>): void {
  const { channel, samples } = subject;
  const settings = channel.settings.parse(subject.settings);
  const secrets = secretValues(subject.settings, channel.secrets);
  const to = recipientOf(channel, samples.recipients.good[0] as string, settings);

  test('a success that names no message is uncertain', async () => {
    const { io } = alwaysAnswering({ status: 200, headers: {}, body: {} });
    const content = samples.outbound[0] as OutboundContent;
    const message = outgoing({ id: 'msg_1', to, content, thread: anyThread(channel, settings) });
    await expect(channel.send(message, settings, io)).rejects.toMatchObject({ kind: 'uncertain' });
  });

  test('no refusal repeats a secret, nor what was said', async () => {
    const said = 'Zanzibar, and nothing but the truth';
    const texts: OutboundContent = { type: 'text', text: said };
    for (const answer of samples.refusals([said, ...secrets].join(' '))) {
      const { io } = alwaysAnswering(answer);
      const error: unknown = await channel
        .send(outgoing({ id: 'msg_1', to, content: texts, thread: anyThread(channel, settings) }), settings, io)
        .catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(SendError);
      expect(revealed(error, [said, ...secrets])).toEqual([]);
    }
  });
}

/** Declares the suite's tests. */
export function channelConformance<S>(subject: ChannelSubject<S>): void {
  describe(`${subject.channel.id} is a channel`, () => {
    describe('identity and settings', () => identityAndSettings(subject));
    describe('connection', () => connection(subject));
    describe('verify', () => verification(subject));
    describe('parse', () => parsing(subject));
    describe('addresses', () => addressing(subject));
    describe('check', () => checking(subject));
    describe('recipient', () => recipients(subject));
    describe('send', () => sending(subject));
    describe('threads', () => threads(subject));
    describe('completion', () => completion(subject));
    describe('refusals of a send', () => refusals(subject));
    describe('sizes', () => channelSizes(subject));
  });
}
