import type { HttpReply } from '../kit/http-server.ts';
import { ok } from '../whatsapp/graph-call.ts';
import { createTemplate as createAtMeta, deleteTemplates as deleteAtMeta } from '../whatsapp/templates.ts';
import type { Template } from '../whatsapp/world.ts';
import { metaCall, type ProxyCall } from './call.ts';
import { ProxyError } from './errors.ts';

/** A template as 360dialog lists it: status in lower case, members of its own. */
function listed({ id, name, language, category, status, components, rejectedReason }: Template, wabaId: string) {
  return {
    ...{ id, name, language, category, components },
    status: status.toLowerCase(),
    rejected_reason: rejectedReason,
    namespace: 'c8ae5f90_307a_ca4c_b8f6_d1e2a2573574',
    waba_account_id: wabaId,
  };
}

/** GET /v1/configs/templates?limit&offset. There is no filter. */
export function listTemplates({ world, request }: ProxyCall): HttpReply {
  const limit = Number(request.query.get('limit') ?? 1000);
  const offset = Number(request.query.get('offset') ?? 0);
  const isFit = Number.isInteger(limit) && limit > 0 && Number.isInteger(offset) && offset >= 0;
  if (!isFit) throw new ProxyError(400, 'limit and offset have to be whole numbers');
  const all = [...world.templates.values()].map((template) => listed(template, world.settings.wabaId));
  const page = all.slice(offset, offset + limit);
  return ok({ waba_templates: page, count: page.length, total: all.length });
}

/** POST /v1/configs/templates */
export function createTemplate(call: ProxyCall): HttpReply {
  const reply = createAtMeta(metaCall(call, call.world.settings.wabaId));
  if (reply.dropped) return reply;
  const { status, ...created } = reply.body as { status: string };
  return { ...reply, body: { ...created, status: status.toLowerCase() } };
}

/** DELETE /v1/configs/templates/{name}: all languages. */
export function deleteTemplates(call: ProxyCall): HttpReply {
  const { world, id: name } = call;
  return deleteAtMeta({ ...metaCall(call, world.settings.wabaId), fields: { name } });
}
