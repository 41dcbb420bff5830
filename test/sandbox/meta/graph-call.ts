import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import type { JsonObject } from '../kit/json.ts';
import type { Caller } from './auth.ts';
import { selected } from '../kit/meta/graph.ts';
import { GraphError, invalid, unknownObject } from './errors.ts';
import type { Side, World } from './world.ts';

/** One authenticated call to the Graph API. */
export interface GraphCall {
  world: World;
  request: HttpRequest;
  caller: Caller;
  /** First path segment after the version; `me` is resolved. */
  id: string;
  /** Query and body parameters; the body wins. */
  fields: JsonObject;
}

/** 200 with a JSON body. */
export function ok(body: unknown = { success: true }): HttpReply {
  return { status: 200, body };
}

/**
 * The side that a call on the node is about: the Page's token reaches both, and says `platform=instagram` (or, of a send, names
 * somebody of Instagram); the Instagram log-in's token reaches its own account only.
 */
export function sideOf(call: GraphCall, person?: string): Side {
  const { world, id, caller, fields, request } = call;
  const { messenger, instagram } = world.sides;
  if (caller === 'instagram' && id === world.settings.igUserId) return instagram;
  if (caller !== 'page' || id !== world.settings.pageId) throw unknownObject(id, request.method);
  if (fields['platform'] === 'instagram') return instagram;
  const isOnInstagram = person !== undefined && instagram.people.has(person) && !messenger.people.has(person);
  return isOnInstagram ? instagram : messenger;
}

/** The Page of a call with the Page's token. */
export function requirePage({ world, id, caller, request }: GraphCall): void {
  if (caller !== 'page' || id !== world.settings.pageId) throw unknownObject(id, request.method);
}

/** The app itself, with its own token. */
export function requireApp({ world, id, caller, request }: GraphCall): void {
  if (caller !== 'app') throw new GraphError(15);
  if (id !== world.settings.appId) throw unknownObject(id, request.method);
}

/** The members asked for by `fields` (comma separated); always with the id. Unknown ones are refused. */
export function selectFields(call: GraphCall, node: JsonObject): JsonObject {
  return selected(call.fields['fields'], node, ['id', 'name'], (unknown) =>
    invalid(`Tried accessing nonexisting field (${unknown})`),
  );
}
