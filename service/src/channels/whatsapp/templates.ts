/** Message templates of the WhatsApp Business account (pages templates/*). */
import { SendError } from '../../core/errors.ts';
import type { TemplatePower } from '../channel.ts';
import { compact, objectOf, objectsOf, textOf } from '../kit/json.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { createdTemplate, templateDraft, templateOf } from '../protocols/whatsapp/payloads.ts';
import { graph } from './graph.ts';
import type { WhatsAppSettings } from './settings.ts';

const FIELDS = [
  'id',
  'name',
  'status',
  'category',
  'language',
  'components',
  'quality_score',
  'rejected_reason',
  'parameter_format',
].join(',');

function templatesPath(settings: WhatsAppSettings): string {
  if (settings.wabaId === undefined) {
    throw new SendError('settings', 'wabaId is needed for templates; set it in the account.');
  }
  return `${settings.wabaId}/message_templates`;
}

export const templates: TemplatePower<WhatsAppSettings> = {
  async list(query, settings, io) {
    const { status, name, language, category, limit, after } = query;
    const filters = { status, name, language, category, limit: limit ?? 100, after, fields: FIELDS };
    const answer = await graph({ method: 'GET', path: templatesPath(settings), query: filters }, settings, io);
    const paging = objectOf(answer.paging);
    // The last page has a cursor too, but no `next`.
    const next = textOf(paging.next) && textOf(objectOf(paging.cursors).after);
    return compact({ data: objectsOf(answer.data).map(templateOf), next });
  },

  async get(id, settings, io) {
    const path = pathSegment(id);
    return templateOf(await graph({ method: 'GET', path, query: { fields: FIELDS } }, settings, io));
  },

  async create(template, settings, io) {
    const call = { method: 'POST', path: templatesPath(settings), json: templateDraft(template) } as const;
    return createdTemplate(await graph(call, settings, io), template);
  },

  async edit(id, { category, components, ttlSeconds }, settings, io) {
    const json = compact({ category, components, message_send_ttl_seconds: ttlSeconds });
    await graph({ method: 'POST', path: pathSegment(id), json }, settings, io);
  },

  async remove({ name, id }, settings, io) {
    await graph({ method: 'DELETE', path: templatesPath(settings), query: { name, hsm_id: id } }, settings, io);
  },
};
