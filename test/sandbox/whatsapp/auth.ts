import type { Call } from '../kit/api.ts';
import { proofFault } from '../kit/meta/graph.ts';
import type { Scope } from './defaults.ts';
import { GraphError } from './errors.ts';
import type { World } from './world.ts';

/** Who may call a route: the app itself, or a token with a permission; `any`: either. */
export type Access = 'app' | 'any' | Scope;

/** The app access token: id and secret joined by a bar. */
export function appTokenOf(world: World): string {
  return `${world.settings.appId}|${world.settings.appSecret}`;
}

/** Refuses with the body Meta answers: 104 proof, 15 app token needed, 10/200 permission missing. */
export function checkAccess(call: Call<World>, access: Access): void {
  const { settings } = call.world;
  const isApp = call.caller === 'app';
  checkProof(call, isApp ? appTokenOf(call.world) : settings.accessToken);
  if (access === 'any' || (isApp && access === 'app')) return;
  if (access === 'app') throw new GraphError(15);
  if (isApp || settings.scopes.includes(access)) return;
  if (access === 'whatsapp_business_messaging') throw new GraphError(10);
  throw new GraphError(200, undefined, { message: `(#200) Requires ${access} permission to access this object.` });
}

/** The refusal of a token that nobody has, or of none. */
export function invalidToken(token: string | undefined): GraphError {
  if (token !== undefined) return new GraphError(190);
  return new GraphError(190, undefined, { message: 'Invalid OAuth access token - no access token was given' });
}

/** The refusal of a token whose time is over. */
export function expiredToken(): GraphError {
  const message = 'Error validating access token: Session has expired';
  return new GraphError(190, undefined, { message, subcode: 463 });
}

function checkProof({ world, request }: Call<World>, token: string): void {
  const { appSecret, requireAppSecretProof } = world.settings;
  const fault = proofFault(request, appSecret, token);
  if (fault) throw new GraphError(104, undefined, { message: fault });
  if (fault === '' && requireAppSecretProof) throw new GraphError(104);
}
