import type { HttpRequest } from '../kit/http-server.ts';
import type { GraphCall } from '../whatsapp/graph-call.ts';
import type { PhoneNumber, World } from '../whatsapp/world.ts';
import type { Dialog360State } from './defaults.ts';
import { noSuchPath } from './errors.ts';

/** One call that has the key. `id`: what a path names. */
export interface ProxyCall {
  world: World;
  state: Dialog360State;
  request: HttpRequest;
  id: string;
}

/** One account has one number. */
export function numberOf(world: World): PhoneNumber {
  const [number] = world.numbers.values();
  if (number === undefined) throw noSuchPath();
  return number;
}

/** The call as Meta gets it. */
export function metaCall({ world, request }: ProxyCall, id: string): GraphCall {
  return { world, request, id, fields: { ...Object.fromEntries(request.query), ...request.body.fields } };
}
