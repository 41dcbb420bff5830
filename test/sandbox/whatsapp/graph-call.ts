import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { objectOf, type JsonObject } from '../kit/json.ts';
import { selected } from '../kit/meta/graph.ts';
import { badParameter, unknownObject } from './errors.ts';
import type { PhoneNumber, World } from './world.ts';

/** One authenticated call to the Graph API. */
export interface GraphCall {
  world: World;
  request: HttpRequest;
  /** First path segment after the version. */
  id: string;
  /** Query and body parameters; the body wins. */
  fields: JsonObject;
}

/** 200 with a JSON body. */
export function ok(body: unknown = { success: true }): HttpReply {
  return { status: 200, body };
}

/** The phone number in the path. */
export function numberOf({ world, id, request }: GraphCall): PhoneNumber {
  const number = world.numbers.get(id);
  if (!number) throw unknownObject(id, request.method);
  return number;
}

/** Refuses when the path names another WABA than the sandbox's. */
export function requireWaba({ world, id, request }: GraphCall): void {
  if (id !== world.settings.wabaId) throw unknownObject(id, request.method);
}

/** Refuses when the path names another app than the sandbox's. */
export function requireApp({ world, id, request }: GraphCall): void {
  if (id !== world.settings.appId) throw unknownObject(id, request.method);
}

/** The members asked for by `fields` (comma separated), or `defaults`; always with the id. Unknown ones are refused. */
export function selectFields(call: GraphCall, node: object, type: string, defaults: readonly string[]): JsonObject {
  return selected(call.fields['fields'], objectOf(node), defaults, (unknown) =>
    badParameter(`Tried accessing nonexisting field (${unknown}) on node type (${type})`),
  );
}
