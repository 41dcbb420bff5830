/** What the suite of channels asks of `verify`, and of settings with and without what it needs. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { VerificationError } from '../../service/src/core/errors.ts';
import type { RawRequest } from '../../service/src/connectors/connector.ts';
import type { ChannelSubject } from './channel-subject.ts';
import { caught, revealed, secretValues } from './probes.ts';

type Samples<S> = ChannelSubject<S>['samples'];
type Refusal = (request: RawRequest) => VerificationError;

const asJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'utf8');

/** Tells whether what proves a webhook is the same whatever its body is: a token in a header or in the URL. */
function isTokenOnly<S>({ sign }: Samples<S>): boolean {
  const [one, other] = [sign(asJson({ a: 1 })), sign(asJson({ b: 2 }))];
  return isDeepStrictEqual({ ...one, body: undefined }, { ...other, body: undefined });
}

/** Lists the parts of a request that may prove it, each by how the request is with another value, or without any. */
function proofsOf(request: RawRequest): { value: string; with(value?: string): RawRequest }[] {
  const headers = Object.entries(request.headers).map(([name, value]) => ({
    value,
    with: (other?: string) => ({ ...request, headers: changed(request.headers, name, other) }),
  }));
  const query = Object.entries(request.query).map(([name, value]) => ({
    value,
    with(other?: string) {
      const parameters = changed(request.query, name, other);
      const url = `${request.url.replace(/\?.*/s, '')}?${new URLSearchParams(parameters).toString()}`;
      return { ...request, url, query: parameters };
    },
  }));
  return [...headers, ...query];
}

function changed(all: Readonly<Record<string, string>>, name: string, value?: string): Record<string, string> {
  const { [name]: _, ...others } = all;
  return value === undefined ? others : { ...others, [name]: value };
}

/** Declares the tests of a channel whose webhooks are signed: the signature is that of these very bytes. */
function signatures<S>({ isSame = () => false, sign }: Samples<S>, bodies: readonly Buffer[], refusal: Refusal): void {
  test('refuses every change of a byte', () => {
    const place = fc.record({ body: fc.constantFrom(...bodies), at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(place, ({ body, at, flip }) => {
        const forged = Buffer.from(body);
        const index = at % forged.length;
        forged[index] = (forged[index] as number) ^ flip;
        fc.pre(!isSame(forged, body));
        expect(refusal({ ...sign(body), body: forged }).failure).toBe('mismatch');
      }),
    );
  });

  test('refuses a truncated body', () => {
    const body = bodies[0] as Buffer;
    expect(refusal({ ...sign(body), body: body.subarray(0, -1) }).failure).toBe('mismatch');
  });
}

/** Declares the tests of a channel whose webhooks a token proves, which fits every body: of the token, every character counts. */
function tokens<S>(
  { sign }: Samples<S>,
  body: Buffer,
  refusal: Refusal,
  isRefused: (request: RawRequest) => boolean,
): void {
  test('refuses every change of a character of the token, and a part of it', () => {
    const proofs = proofsOf(sign(body)).filter((proof) => isRefused(proof.with()));
    expect(proofs.length).toBeGreaterThan(0);
    for (const proof of proofs) {
      const { value } = proof;
      const others = [...value].map((one, at) => value.slice(0, at) + (one === 'x' ? 'y' : 'x') + value.slice(at + 1));
      for (const other of [...others, value.slice(0, -1), `${value}x`]) {
        expect(['mismatch', 'missing']).toContain(refusal(proof.with(other)).failure);
      }
    }
  });
}

/** Declares the tests of `verify`. */
export function verification<S>(subject: ChannelSubject<S>): void {
  const { channel, samples } = subject;
  const { encode = asJson } = samples;
  const settings = channel.settings.parse(subject.settings);
  const unverifiable = () => channel.settings.parse(subject.unverifiable);
  const bodies = samples.webhooks.map((body) => encode(body));
  const isRefused = (request: RawRequest) => caught(() => channel.verify(request, 0, settings)) !== undefined;
  const refusal = (request: RawRequest, own = settings): VerificationError => {
    const error = caught(() => channel.verify(request, 0, own));
    expect(error).toBeInstanceOf(VerificationError);
    const digests = Object.values(samples.sign(request.body).headers).filter((value) => value.length >= 16);
    const telling = [...secretValues(subject.settings, channel.secrets), ...digests];
    expect(revealed(error, telling)).toEqual([]);
    return error as VerificationError;
  };

  test.each(bodies.map((body, index) => [index, body]))('accepts signed webhook %i', (_index, body) => {
    expect(caught(() => channel.verify(samples.sign(body as Buffer), 0, settings))).toBeUndefined();
  });

  test.each(bodies.map((body, index) => [index, body]))(
    'reads no header but those it names: webhook %i',
    (_i, body) => {
      const whole = samples.sign(body as Buffer);
      const named = Object.entries(whole.headers).filter(([name]) => channel.webhookHeaders.includes(name));
      expect(
        caught(() => channel.verify({ ...whole, headers: Object.fromEntries(named) }, 0, settings)),
      ).toBeUndefined();
      const kept = named.filter(([name]) => channel.parsedHeaders?.includes(name));
      const stored = { ...whole, headers: Object.fromEntries(kept) };
      expect(channel.parse(stored, settings)).toEqual(channel.parse(whole, settings));
      expect(revealed(stored, secretValues(subject.settings, channel.secrets))).toEqual([]);
      expect(channel.webhookHeaders.every((name) => name === name.toLowerCase())).toBe(true);
    },
  );

  if (isTokenOnly(samples)) tokens(samples, bodies[0] as Buffer, refusal, isRefused);
  else signatures(samples, bodies, refusal);

  test('refuses a webhook without any proof', () => {
    const signed = samples.sign(bodies[0] as Buffer);
    expect(refusal({ ...signed, headers: {}, query: {} }).failure).toBe('missing');
  });

  test('an account without what proves webhooks has settings, trusts no webhook, and shares its URL with nobody', () => {
    const signed = samples.sign(bodies[0] as Buffer);
    expect(refusal(signed, unverifiable()).failure).toBe('not_configured');
    expect(channel.connection(unverifiable()).secrets).toEqual([]);
  });

  test.each([
    ['no JSON', Buffer.from('not json')],
    ['an empty body', Buffer.alloc(0)],
    ['a list', Buffer.from('[]')],
    ['nesting without end', Buffer.from('['.repeat(200_000))],
    ['deep objects', Buffer.from(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)],
  ])('refuses %s, though signed, as malformed', (_name, body) => {
    expect(refusal(samples.sign(body)).failure).toBe('malformed');
  });
}
