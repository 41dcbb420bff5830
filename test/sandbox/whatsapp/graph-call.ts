import type { HttpReply, HttpRequest } from '../kit/http-server.ts';
import { objectOf, type JsonObject } from '../kit/json.ts';
import { GraphError, unknownObject } from './errors.ts';
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
  const all = objectOf(node);
  const asked = call.fields['fields'];
  const names = typeof asked === 'string' && asked !== '' ? asked.split(',').map((name) => name.trim()) : defaults;
  const unknown = names.find((name) => !(name in all));
  if (unknown !== undefined) {
    const message = `(#100) Tried accessing nonexisting field (${unknown}) on node type (${type})`;
    throw new GraphError(100, undefined, { message });
  }
  const chosen = Object.fromEntries(names.map((name) => [name, all[name]]).filter(([, value]) => value !== undefined));
  return { ...chosen, id: all['id'] };
}
