import { createHmac } from 'node:crypto';
import type { HttpRequest } from '../kit/http-server.ts';
import { textOf } from '../kit/json.ts';
import type { Scope } from './defaults.ts';
import { GraphError } from './errors.ts';
import type { World } from './world.ts';

/** Who may call a route: the app itself, or a token with a permission; `any`: either. */
export type Access = 'app' | 'any' | Scope;

/** The app access token: id and secret joined by a bar. */
export function appTokenOf(world: World): string {
  return `${world.settings.appId}|${world.settings.appSecret}`;
}

/** hex(HMAC-SHA256(appSecret, accessToken)). */
export function appSecretProof(appSecret: string, accessToken: string): string {
  return createHmac('sha256', appSecret).update(accessToken).digest('hex');
}

/** Refuses with the body Meta answers: 190 wrong token, 104 proof, 15 app token needed, 10/200 permission missing. */
export function checkAccess(world: World, request: HttpRequest, access: Access): void {
  const token = tokenOf(request);
  const isApp = token === appTokenOf(world);
  if (!isApp && token !== world.settings.accessToken) throw invalidToken(token);
  checkProof(world, request, token);
  if (access === 'any') return;
  if (access === 'app') {
    if (!isApp) throw new GraphError(15);
    return;
  }
  if (isApp || world.settings.scopes.includes(access)) return;
  if (access === 'whatsapp_business_messaging') throw new GraphError(10);
  throw new GraphError(200, undefined, { message: `(#200) Requires ${access} permission to access this object.` });
}

function invalidToken(token: string | undefined): GraphError {
  if (token !== undefined) return new GraphError(190);
  return new GraphError(190, undefined, { message: 'Invalid OAuth access token - no access token was given' });
}

/** `Authorization: Bearer …` (`OAuth …` for uploads) or the `access_token` parameter. */
export function tokenOf(request: HttpRequest): string | undefined {
  const header = /^(?:Bearer|OAuth) (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return header ?? request.query.get('access_token') ?? textOf(request.body.fields['access_token']);
}

/** The refusal of a token whose time is over. */
export function expiredToken(): GraphError {
  return new GraphError(190, undefined, {
    message: 'Error validating access token: Session has expired',
    subcode: 463,
  });
}

function checkProof(world: World, request: HttpRequest, token: string): void {
  const proof = request.query.get('appsecret_proof') ?? textOf(request.body.fields['appsecret_proof']);
  if (proof === undefined) {
    if (world.settings.requireAppSecretProof) throw new GraphError(104);
    return;
  }
  if (proof !== appSecretProof(world.settings.appSecret, token)) {
    throw new GraphError(104, undefined, { message: 'Invalid appsecret_proof provided in the API argument' });
  }
}
