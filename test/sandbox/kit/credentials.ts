import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from './http-server.ts';
import { isObject, parseJson, textOf, type JsonObject } from './json.ts';

/** Finds what a request presents as its proof; undefined: nothing. */
export type Presented = (request: HttpRequest) => string | undefined;

/** `Authorization: Bearer …`, or another scheme. */
export function bearer(...schemes: string[]): Presented {
  const names = schemes.length > 0 ? schemes : ['Bearer'];
  return ({ headers: { authorization = '' } }) => {
    const [scheme = '', ...rest] = authorization.split(' ');
    return names.includes(scheme) && rest.length > 0 ? rest.join(' ') : undefined;
  };
}

/** `Authorization: Basic …`, as `name:secret`. */
export const basic: Presented = (request) => {
  const given = bearer('Basic')(request);
  return given === undefined ? undefined : Buffer.from(given, 'base64').toString('utf8');
};

/** A header of the provider's own, in lower case. */
export const header =
  (name: string): Presented =>
  ({ headers }) =>
    textOf(headers[name]);

/** A parameter of the query or the body. */
export const parameter =
  (name: string): Presented =>
  ({ query, body }) =>
    query.get(name) ?? textOf(body.fields[name]);

/** The first of several that a request presents. */
export const firstOf =
  (...ways: Presented[]): Presented =>
  (request) => {
    for (const way of ways) {
      const found = way(request);
      if (found !== undefined) return found;
    }
    return undefined;
  };

const encoded = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const macOf = (key: Buffer | string, signed: string): Buffer => createHmac('sha256', key).update(signed).digest();

/** Signs claims as a JWT with HS256, as a provider does that calls with one. */
export function signJwt(key: Buffer | string, claims: JsonObject, head: JsonObject = {}): string {
  const signed = `${encoded({ alg: 'HS256', ...head })}.${encoded(claims)}`;
  return `${signed}.${macOf(key, signed).toString('base64url')}`;
}

/** The claims of a JWT that is signed with HS256 and this key; undefined: it is not, or it is no JWT. */
export function verifiedJwt(token: string, keyFor: (head: JsonObject) => Buffer | string | undefined) {
  const [head = '', claims = '', mac = '', ...rest] = token.split('.');
  const [given, said] = [head, claims].map((part) => parseJson(Buffer.from(part, 'base64url').toString('utf8')));
  if (rest.length > 0 || !isObject(given) || !isObject(said) || given['alg'] !== 'HS256') return undefined;
  const key = keyFor(given);
  const own = key === undefined ? undefined : macOf(key, `${head}.${claims}`);
  const theirs = Buffer.from(mac, 'base64url');
  return own?.length === theirs.length && timingSafeEqual(own, theirs) ? said : undefined;
}
