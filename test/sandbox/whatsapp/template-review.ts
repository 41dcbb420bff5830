import type { WebhookDelivery } from '../kit/webhook-poster.ts';
import type { JsonObject } from '../kit/json.ts';
import { numericId, type Template, type World } from './world.ts';

/** A template that a test puts in place, approved unless it says otherwise. */
export interface TemplateSeed {
  name: string;
  language?: string;
  category?: 'AUTHENTICATION' | 'MARKETING' | 'UTILITY';
  status?: string;
  parameterFormat?: 'POSITIONAL' | 'NAMED';
  components: JsonObject[];
}

/** Puts a template in place without any check or webhook. */
export function seedTemplate(world: World, seed: TemplateSeed): Template {
  const template: Template = {
    id: numericId(world),
    name: seed.name,
    language: seed.language ?? 'en_US',
    category: seed.category ?? 'UTILITY',
    status: seed.status ?? 'APPROVED',
    parameterFormat: seed.parameterFormat ?? 'POSITIONAL',
    components: seed.components,
    rejectedReason: 'NONE',
    qualityScore: 'GREEN',
  };
  world.templates.set(template.id, template);
  return template;
}

/** Decides on a new or changed template once the answer to its creation went out. */
export function reviewLater(world: World, template: Template): void {
  world.changes.notify();
  const { templateReview } = world.settings;
  if (templateReview === 'hold') return;
  setImmediate(() => {
    if (templateReview === 'approve') setTemplateStatus(world, template, 'APPROVED');
    else setTemplateStatus(world, template, 'REJECTED', 'INVALID_FORMAT');
  });
}

/** Changes the status and tells it by `message_template_status_update`. */
export function setTemplateStatus(
  world: World,
  template: Template,
  event: string,
  reason = 'NONE',
): WebhookDelivery | undefined {
  template.status = event;
  template.rejectedReason = reason;
  world.changes.notify();
  const value = {
    event,
    // A number in webhooks, a string in the API.
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
    reason,
    message_template_category: template.category,
    ...(event === 'REJECTED' ? { rejection_info: { reason: 'Format', recommendation: 'Check the variables.' } } : {}),
    ...(event === 'PAUSED' ? { other_info: { title: 'FIRST_PAUSE', description: 'Paused for 3 hours.' } } : {}),
  };
  return world.webhooks.emit({ field: 'message_template_status_update', value });
}
