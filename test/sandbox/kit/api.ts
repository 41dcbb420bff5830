import { fieldsOf } from './body.ts';
import type { SandboxClock } from './clock.ts';
import type { Presented } from './credentials.ts';
import type { Fault, FaultKind, FaultQueue } from './faults.ts';
import { withFault, type Answered } from './faulty.ts';
import type { HttpReply, HttpRequest } from './http-server.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import { matchRoute, methodsAt, type Route, type RouteMatch } from './router.ts';
import { check, Invalid, type Check, type Issue } from './schema.ts';
import type { Rate, RateLimiter } from './token-bucket.ts';

/** What the answering of requests needs of a world. */
export interface ApiWorld {
  clock: SandboxClock;
  faults: FaultQueue;
  limiter: RateLimiter;
}

/** One call of a route, by a caller who may make it. */
export interface Call<W> {
  world: W;
  request: HttpRequest;
  /** Of the path. */
  params: Record<string, string>;
  /** Parameters of the query and members of the body; the body wins. */
  fields: JsonObject;
  /** Who calls, as `auth.callers` knows them. */
  caller: string;
}

const TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
} as const;

/** What a provider does at a route. Whatever is declared is checked in this order, before `handle` runs. */
export interface Target<W> {
  /** What fault injection calls it. */
  operation: string;
  /** Who may call it, in the words of `auth.authorize`; absent: whoever is known. `open`: everybody. */
  access?: string;
  /** How often it may be called, by what name it is counted. */
  rate?: Rate & { by(call: Call<W>): string };
  /** The most bytes of its body. */
  maxBytes?: number;
  /** Content types of its body; any other is refused. Absent: not looked at. */
  takes?: readonly (keyof typeof TYPES)[];
  /** Its fields. */
  schema?: Check<NoInfer<W>>;
  handle(call: Call<W>): Promise<HttpReply> | HttpReply;
}

/** How a provider says no. */
export interface Refusals<W> {
  /** By an injected fault; the request is not carried out. A kind that is left out does nothing of its own. */
  faults: Partial<Record<FaultKind, (fault: Fault) => Refusal>>;
  noRoute(call: Call<W>): Refusal;
  /** A path that there is, for other methods; absent: as if there were no such path. */
  method?(call: Call<W>, allowed: string[]): Refusal;
  /** Words for what a schema refuses. */
  invalid?(issue: Issue): Refusal;
  type?(call: Call<W>): Refusal;
  size?(call: Call<W>, maxBytes: number): Refusal;
  limited?(call: Call<W>, waitMs: number): Refusal;
}

/** The HTTP API of a provider. */
export interface Api<W extends ApiWorld> {
  routes: readonly Route<Target<W>>[];
  /** The part of a path, as it was written, that routes name; throws when the path is no path of the provider's. Absent: all of it. */
  pathOf?(path: string): string;
  /** Another name for a matched operation, by what the request says. */
  operationOf?(operation: string, request: HttpRequest): string;
  auth?: {
    presented: Presented;
    /** Who presents this; undefined: nobody who is known. */
    callerOf(presented: string, world: W): string | undefined;
    unknown(presented: string | undefined): Refusal;
    /** Refuses what a known caller may not do. `access` is absent where no route fits. */
    authorize?(call: Call<W>, access: string | undefined): void;
  };
  refusals: Refusals<W>;
  /** Headers of every answer. */
  headers?(world: W, fault: Fault | undefined): Record<string, string>;
}

export const route = <W>(method: string, path: string, handler: Target<W>): Route<Target<W>> => ({
  ...{ method, path, handler },
});

/** 200 with a JSON body. */
export const ok = (body: unknown = {}, status = 200): HttpReply => ({ status, body });

/** Answers one request as the provider would, with the fault that waits for it. */
export function answerApi<W extends ApiWorld>(api: Api<W>, world: W, request: HttpRequest): Promise<Answered> {
  const found = pathIn(api, request.rawPath);
  const match = typeof found === 'string' ? matchRoute(api.routes, request.method, found) : undefined;
  const operation = match?.handler.operation ?? 'object';
  return withFault(world.faults, api.operationOf?.(operation, request) ?? operation, async (fault) => {
    const refusal = fault && api.refusals.faults[fault.kind]?.(fault);
    const reply = refusal ? refusal.toReply() : await answer(api, world, request, found, match);
    if (reply.dropped || !api.headers) return reply;
    return { ...reply, headers: { ...api.headers(world, fault), ...reply.headers } };
  });
}

function pathIn<W extends ApiWorld>(api: Api<W>, path: string): string | Refusal {
  try {
    return api.pathOf?.(path) ?? path;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

type Match<W> = RouteMatch<Target<W>> | undefined;

async function answer<W extends ApiWorld>(
  api: Api<W>,
  world: W,
  request: HttpRequest,
  path: string | Refusal,
  match: Match<W>,
): Promise<HttpReply> {
  try {
    if (typeof path !== 'string') throw path;
    const fields = { ...fieldsOf(request.query), ...request.body.fields };
    const call = { world, request, params: match?.params ?? {}, fields, caller: '' };
    admit(api, call, match?.handler);
    if (!match) throw noRoute(api, call, path);
    checkRequest(api, call, match.handler);
    return await match.handler.handle(call);
  } catch (error) {
    if (error instanceof Refusal) return error.toReply();
    if (error instanceof Invalid && api.refusals.invalid) return api.refusals.invalid(error.issue).toReply();
    throw error;
  }
}

/** Finds out who calls, and whether they may. */
function admit<W extends ApiWorld>(api: Api<W>, call: Call<W>, target: Target<W> | undefined): void {
  if (!api.auth || target?.access === 'open') return;
  const presented = api.auth.presented(call.request);
  const caller = presented === undefined ? undefined : api.auth.callerOf(presented, call.world);
  if (caller === undefined) throw api.auth.unknown(presented);
  call.caller = caller;
  api.auth.authorize?.(call, target?.access);
}

function noRoute<W extends ApiWorld>({ routes, refusals }: Api<W>, call: Call<W>, path: string): Refusal {
  const allowed = methodsAt(routes, path);
  return (allowed.length > 0 && refusals.method?.(call, allowed)) || refusals.noRoute(call);
}

/** Holds a request to what its route declares. */
function checkRequest<W extends ApiWorld>({ refusals }: Api<W>, call: Call<W>, target: Target<W>): void {
  const { rate, takes, maxBytes, schema } = target;
  const { request, world } = call;
  if (rate) {
    const [name, now] = [rate.by(call), world.clock.now()];
    const waitMs = world.limiter.waitMs(name, now, rate);
    if (waitMs > 0 && refusals.limited) throw refusals.limited(call, waitMs);
    world.limiter.spend(name, now, rate);
  }
  if (maxBytes !== undefined && request.rawBody.length > maxBytes && refusals.size) throw refusals.size(call, maxBytes);
  const type = request.headers['content-type'] ?? '';
  const isTaken = takes?.some((name) => type.startsWith(TYPES[name])) ?? true;
  if (!isTaken && refusals.type) throw refusals.type(call);
  if (schema) check(schema, call.fields, world);
}
