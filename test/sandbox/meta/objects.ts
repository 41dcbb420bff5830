import type { HttpReply } from '../kit/http-server.ts';
import { check, open, text, url } from '../kit/schema.ts';
import { unknownObject } from './errors.ts';
import { ok, requirePage, selectFields, type GraphCall } from './graph-call.ts';
import { checkFields } from './templates.ts';
import { numericId } from './world.ts';

/** GET /{id}: the Page, the Instagram account, a persona, a template, a person. */
export function readNode(call: GraphCall): HttpReply {
  const { world, id, caller, request } = call;
  const { settings, sides } = world;
  if (id === settings.pageId && caller === 'page') {
    const linked = { id: settings.igUserId };
    return ok(selectFields(call, { id, name: settings.pageName, instagram_business_account: linked }));
  }
  if (id === settings.igUserId && caller !== 'app') {
    return ok(selectFields(call, { id, user_id: id, username: settings.igUsername, name: settings.pageName }));
  }
  const persona = world.personas.get(id);
  if (persona) return ok({ id, name: persona.name, profile_picture_url: persona.imageUrl });
  const template = world.templates.get(id);
  if (template) {
    checkFields(call);
    return ok(template);
  }
  if (sides.messenger.people.has(id) || sides.instagram.people.has(id)) return ok({ id, name: `Person ${id}` });
  throw unknownObject(id, request.method);
}

/** POST /{pageId}/personas. */
export function createPersona(call: GraphCall): HttpReply {
  requirePage(call);
  const { world, fields } = call;
  check(open({ name: text(100), profile_picture_url: url() }), fields, world);
  const [name, imageUrl] = [String(fields['name']), String(fields['profile_picture_url'])];
  const id = numericId(world);
  world.personas.set(id, { id, name, imageUrl });
  return ok({ id });
}

/** GET /{pageId}/personas. */
export function listPersonas(call: GraphCall): HttpReply {
  requirePage(call);
  const data = [...call.world.personas.values()].map(({ id, name, imageUrl }) => ({
    id,
    name,
    profile_picture_url: imageUrl,
  }));
  return ok({ data });
}

/** DELETE /{personaId}. */
export function deleteNode({ world, id, request }: GraphCall): HttpReply {
  if (!world.personas.delete(id)) throw unknownObject(id, request.method);
  return ok();
}
