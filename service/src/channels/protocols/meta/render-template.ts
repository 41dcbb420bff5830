/** A utility template with its values, as the Send API takes it (page "Utility messages"). */
import type { TemplateButton, TemplateHeader, TemplateValue } from '../../../../../contract/message.ts';
import { compact, type JsonObject } from '../../kit/json.ts';
import type { Of } from './check-parts.ts';

const parameter = ({ name, text }: TemplateValue): JsonObject => compact({ type: 'text', parameter_name: name, text });

function header(given: TemplateHeader): JsonObject[] {
  if (given.type === 'text') return [{ type: 'header', parameters: given.values.map(parameter) }];
  if (given.type !== 'image') return [];
  const image = given.mediaId ? { attachment_id: given.mediaId } : { link: given.link };
  return [{ type: 'header', parameters: [{ type: 'image', image }] }];
}

function button(given: TemplateButton): JsonObject[] {
  const place = { type: 'button', index: String(given.index) };
  if (given.type === 'url') return [{ ...place, sub_type: 'url', parameters: [{ type: 'text', text: given.suffix }] }];
  if (given.type !== 'quick_reply') return [];
  return [{ ...place, sub_type: 'postback', parameters: [{ type: 'payload', payload: given.payload }] }];
}

export function renderTemplate({ name, language, header: head, body = [], buttons = [] }: Of<'template'>): JsonObject {
  const components = [
    ...(head === undefined ? [] : header(head)),
    ...(body.length > 0 ? [{ type: 'body', parameters: body.map(parameter) }] : []),
    ...buttons.flatMap(button),
  ];
  return {
    template: compact({
      name,
      language: { code: language },
      components: components.length > 0 ? components : undefined,
    }),
  };
}
