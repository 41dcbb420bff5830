/**
 * Is a webhook from Twilio? `X-Twilio-Signature` is base64(HMAC-SHA1(auth token, URL + sorted parameters)), as Twilio's page
 * "Webhooks security" and its own validators say. Twilio is not consistent about the port and the encoding of the query, so, as in its
 * validators, every form that it may have signed counts.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { VerificationError } from '../../core/errors.ts';
import type { RawRequest } from '../../connectors/connector.ts';
import { readJsonObject } from '../kit/json-body.ts';
import { checkBorders } from './borders.ts';
import { decodeForm } from './form.ts';
import { repeated } from './overrides.ts';
import { authTokens, type TwilioSettings } from './settings.ts';

export const SIGNATURE_HEADER = 'x-twilio-signature';
const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;
const STANDARD_PORTS: Readonly<Record<string, string>> = { 'https:': ':443', 'http:': ':80' };

/** Of bodies that are no form: the URL carries the digest of the raw body, and the signature covers the URL only. */
export function bodyDigestIn(url: string): string | undefined {
  const query = url.split('#')[0]?.split('?').slice(1).join('?') ?? '';
  return new URLSearchParams(query).get('bodySHA256') ?? undefined;
}

/** Names by code unit, each value of a name once, and in order: as Twilio's validators do. */
export function signedText(form: URLSearchParams): string {
  const byName = new Map<string, Set<string>>();
  for (const [name, value] of form) byName.set(name, (byName.get(name) ?? new Set()).add(value));
  return [...byName.keys()]
    .sort()
    .flatMap((name) => [...(byName.get(name) ?? [])].sort().map((value) => name + value))
    .join('');
}

/** The query as Node's older `querystring` writes it: `%20` for a space, `'` as it is. */
function legacyEncoded(url: string): string {
  const at = url.indexOf('?');
  if (at === -1) return url;
  const pairs = [...new URLSearchParams(url.slice(at))];
  const written = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${url.slice(0, at)}?${written.join('&')}`;
}

function withoutPort(url: URL): string {
  const copy = new URL(url);
  copy.port = '';
  return copy.href;
}

/** A URL object drops the standard port, so it is written by hand. */
function withPort(url: URL): string {
  if (url.port !== '') return url.href;
  const { protocol, username, password, host, pathname, search } = url;
  const user = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`;
  return `${protocol}//${user}${host}${STANDARD_PORTS[protocol] ?? ''}${pathname}${search}`;
}

/**
 * Everything Twilio may have signed for this URL: as it came, which is nearly always it; normalised without a port and with one, and both
 * in the older encoding. A fragment configures how Twilio connects and is not sent; should it be signed all the same, it is tried at last.
 */
export function* signedUrls(url: string): Generator<string> {
  const sent = url.split('#')[0] as string;
  yield sent;
  if (URL.canParse(sent)) {
    const parsed = new URL(sent);
    const forms = [withoutPort(parsed), withPort(parsed)];
    yield* new Set([...forms, ...forms.map(legacyEncoded)]);
  }
  yield url === sent ? repeated(sent) : url;
}

function isSigned(signature: string, urls: Iterable<string>, parameters: string, tokens: readonly string[]): boolean {
  const given = Buffer.from(signature, 'latin1');
  for (const url of urls) {
    for (const token of tokens) {
      const expected = createHmac('sha1', token).update(`${url}${parameters}`, 'utf8').digest('base64');
      if (timingSafeEqual(given, Buffer.from(expected, 'latin1'))) return true;
    }
  }
  return false;
}

function isDigestOf(digest: string, body: Buffer): boolean {
  const expected = createHash('sha256').update(body).digest('hex');
  const given = Buffer.from(digest.toLowerCase(), 'utf8');
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected, 'latin1'));
}

/** Throws `VerificationError`. The signature has no timestamp: de-duplication is what protects from replays. */
export function verify(request: RawRequest, settings: TwilioSettings): void {
  const tokens = authTokens(settings);
  if (tokens.length === 0) {
    throw new VerificationError(
      'not_configured',
      'No authToken is set for this account, so no webhook can be trusted.',
    );
  }
  const signature = request.headers[SIGNATURE_HEADER];
  if (!signature) throw new VerificationError('missing', 'The header X-Twilio-Signature is missing.');
  if (!SIGNATURE.test(signature)) {
    throw new VerificationError('mismatch', 'X-Twilio-Signature is no base64 of 20 bytes.');
  }
  const digest = bodyDigestIn(request.url);
  const form = digest === undefined ? decodeForm(request.body) : new URLSearchParams();
  if (!isSigned(signature, signedUrls(request.url), signedText(form), tokens)) {
    throw new VerificationError(
      'mismatch',
      'The signature fits neither URL nor parameters. PARLEY_PUBLIC_URL must be the address that was entered at Twilio.',
    );
  }
  if (digest !== undefined) {
    if (!isDigestOf(digest, request.body)) throw new VerificationError('mismatch', 'bodySHA256 does not fit the body.');
    readJsonObject(request.body);
    return;
  }
  if (form.get('AccountSid') !== settings.accountSid) {
    throw new VerificationError('malformed', 'The form has no AccountSid, or that of another account.');
  }
  checkBorders(form);
}
