import { createHmac } from 'node:crypto';
import type { HttpRequest } from '../kit/http-server.ts';
import { textOf } from '../kit/json.ts';
import { GraphError } from './errors.ts';
import type { World } from './world.ts';

/** Whose token it is. */
export type Caller = 'page' | 'instagram' | 'app';

/** `Authorization: Bearer …` or the `access_token` parameter. */
function tokenOf(request: HttpRequest): string | undefined {
  const header = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return header ?? request.query.get('access_token') ?? textOf(request.body.fields['access_token']);
}

/** Refuses with the body Meta answers: 190 wrong token, 104 proof. */
export function callerOf(world: World, request: HttpRequest): Caller {
  const { settings } = world;
  const token = tokenOf(request);
  const known = new Map<string, Caller>([
    [settings.pageAccessToken, 'page'],
    [settings.igAccessToken, 'instagram'],
    [`${settings.appId}|${settings.appSecret}`, 'app'],
  ]);
  const caller = known.get(token ?? '');
  if (token === undefined || caller === undefined) throw new GraphError(190);
  checkProof(world, request, token, caller);
  return caller;
}

/** Refuses when the token lacks a permission. */
export function requireScope(world: World, scope: string): void {
  if (world.settings.scopes.includes(scope)) return;
  throw new GraphError(10, { message: `(#10) Requires ${scope} permission to manage the object` });
}

/** The refusal of a token whose time is over. */
export function expiredToken(): GraphError {
  return new GraphError(190, { message: 'Error validating access token: Session has expired', subcode: 463 });
}

function checkProof({ settings }: World, request: HttpRequest, token: string, caller: Caller): void {
  const proof = request.query.get('appsecret_proof') ?? textOf(request.body.fields['appsecret_proof']);
  if (proof === undefined) {
    if (settings.requireAppSecretProof && caller !== 'instagram') throw new GraphError(104);
    return;
  }
  const expected = createHmac('sha256', settings.appSecret).update(token).digest('hex');
  if (proof !== expected) {
    throw new GraphError(104, { message: 'Invalid appsecret_proof provided in the API argument' });
  }
}
