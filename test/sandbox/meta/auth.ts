import type { Call } from '../kit/api.ts';
import { proofFault } from '../kit/meta/graph.ts';
import { GraphError } from './errors.ts';
import type { World } from './world.ts';

/** Whose token it is. */
export type Caller = 'page' | 'instagram' | 'app';

/** Whose token it is; undefined: nobody's. */
export function callerOf(token: string, { settings }: World): Caller | undefined {
  const known: [string, Caller][] = [
    [settings.pageAccessToken, 'page'],
    [settings.igAccessToken, 'instagram'],
    [`${settings.appId}|${settings.appSecret}`, 'app'],
  ];
  return new Map(known).get(token);
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

/** Refuses a wrong proof of the app's secret, and none where one is needed. */
export function checkProof({ world, request, caller }: Call<World>, token: string): void {
  const { appSecret, requireAppSecretProof } = world.settings;
  const fault = proofFault(request, appSecret, token);
  if (fault) throw new GraphError(104, { message: fault });
  if (fault === '' && requireAppSecretProof && caller !== 'instagram') throw new GraphError(104);
}
