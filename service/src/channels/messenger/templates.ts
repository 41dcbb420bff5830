/** Utility templates of the Page: what may be said outside the window (page "Utility messages"). */
import { SendError } from '../../core/errors.ts';
import type { TemplatePower } from '../channel.ts';
import { compact, objectOf, objectsOf, textOf } from '../kit/json.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { graph } from '../protocols/meta/account.ts';
import { createdTemplate, templateDraft, templateOf } from '../protocols/whatsapp/payloads.ts';
import { accountOf } from './account.ts';
import type { MessengerSettings } from './settings.ts';

/** Of the node "Messenger business template": unlike WhatsApp's it has no format of its values. */
const FIELDS = 'id,name,status,category,language,components,rejected_reason';

export const templates: TemplatePower<MessengerSettings> = {
  async list({ status, name, language, category, limit = 100, after }, settings, io) {
    const account = accountOf(settings);
    const query = { status, name, language, category, limit, after, fields: FIELDS };
    const answer = await graph({ method: 'GET', path: `${account.node}/message_templates`, query }, account, io);
    const paging = objectOf(answer.paging);
    // The last page has a cursor too, but no `next`.
    const next = textOf(paging.next) && textOf(objectOf(paging.cursors).after);
    return compact({ data: objectsOf(answer.data).map(templateOf), next });
  },

  async get(id, settings, io) {
    const call = { method: 'GET' as const, path: pathSegment(id), query: { fields: FIELDS } };
    return templateOf(await graph(call, accountOf(settings), io));
  },

  async create(template, settings, io) {
    const account = accountOf(settings);
    const call = { method: 'POST' as const, path: `${account.node}/message_templates`, json: templateDraft(template) };
    return createdTemplate(await graph(call, account, io), template);
  },

  async edit() {
    throw new SendError('rejected', 'A template of Messenger cannot be changed: remove it and make a new one.');
  },

  async remove({ name, id }, settings, io) {
    const account = accountOf(settings);
    const query = { name, hsm_id: id };
    await graph({ method: 'DELETE', path: `${account.node}/message_templates`, query }, account, io);
  },
};
