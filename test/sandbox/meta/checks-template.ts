import { isObject, type JsonObject } from '../kit/json.ts';
import {
  allowText,
  refuseOthers,
  requireList,
  requireObject,
  requireOneOf,
  requireText,
  requireUrl,
} from './checks.ts';
import { invalid } from './errors.ts';
import type { Platform } from './customer-world.ts';
import type { Side } from './world.ts';

type Check = (payload: JsonObject, side: Side) => void;

const BUTTONS: Record<Platform, readonly string[]> = {
  messenger: ['web_url', 'postback', 'phone_number', 'account_link', 'account_unlink'],
  instagram: ['web_url', 'postback'],
};

function checkButton(button: JsonObject, path: string, side: Side): void {
  const type = requireOneOf(button['type'], `${path}['type']`, BUTTONS[side.platform]);
  if (type !== 'account_unlink' && type !== 'account_link') requireText(button['title'], `${path}['title']`, 20);
  if (type === 'postback') requireText(button['payload'], `${path}['payload']`, 1000);
  if (type === 'phone_number' && !/^\+\d{5,15}$/.test(String(button['payload']))) throw invalid(`${path}['payload']`);
  if (type === 'web_url' || type === 'account_link') requireUrl(button['url'], `${path}['url']`);
}

function checkButtons(value: unknown, path: string, min: number, side: Side): void {
  requireList(value, path, min, 3).forEach((button, index) => checkButton(button, `${path}[${index}]`, side));
}

const generic: Check = (payload, side) => {
  refuseOthers(payload, 'payload', ['template_type', 'elements', 'image_aspect_ratio', 'sharable']);
  requireList(payload['elements'], 'elements', 1, 10).forEach((element, index) => {
    const path = `elements[${index}]`;
    refuseOthers(element, path, ['title', 'subtitle', 'image_url', 'default_action', 'buttons']);
    requireText(element['title'], `${path}['title']`, 80);
    if (Object.keys(element).length < 2)
      throw invalid(`${path}: at least one property must be set in addition to title`);
    allowText(element['subtitle'], `${path}['subtitle']`, 80);
    if (element['image_url'] !== undefined) requireUrl(element['image_url'], `${path}['image_url']`);
    if (element['default_action'] !== undefined) {
      const action = requireObject(element['default_action'], `${path}['default_action']`);
      requireOneOf(action['type'], `${path}['default_action']['type']`, ['web_url']);
      requireUrl(action['url'], `${path}['default_action']['url']`);
      if (action['title'] !== undefined) throw invalid('A default action has no title');
    }
    if (element['buttons'] !== undefined) checkButtons(element['buttons'], `${path}['buttons']`, 1, side);
  });
};

const button: Check = (payload, side) => {
  refuseOthers(payload, 'payload', ['template_type', 'text', 'buttons', 'sharable']);
  requireText(payload['text'], 'text', 640);
  checkButtons(payload['buttons'], 'buttons', 1, side);
};

const media: Check = (payload, side) => {
  refuseOthers(payload, 'payload', ['template_type', 'elements', 'sharable']);
  const [element = {}] = requireList(payload['elements'], 'elements', 1, 1);
  const kind = requireOneOf(element['media_type'], "elements[0]['media_type']", ['image', 'video']);
  const { attachment_id: id, url } = element;
  if ((id === undefined) === (url === undefined)) throw invalid('Exactly one of attachment_id and url is needed');
  if (id !== undefined && side.uploads.get(String(id))?.kind !== kind) throw invalid('Unknown attachment', 2018074);
  if (url !== undefined && !/^https:\/\/([a-z-]+\.)?facebook\.com\//.test(String(url))) {
    throw invalid('The url has to be one of facebook.com');
  }
  if (element['buttons'] !== undefined) checkButtons(element['buttons'], "elements[0]['buttons']", 1, side);
};

const receipt: Check = (payload) => {
  for (const name of ['recipient_name', 'order_number', 'currency', 'payment_method']) {
    requireText(payload[name], name, 1000);
  }
  const { total_cost: total } = requireObject(payload['summary'], 'summary');
  if (typeof total !== 'number') throw invalid("summary['total_cost'] must be a number");
  if (payload['elements'] !== undefined) requireList(payload['elements'], 'elements', 0, 100);
};

const coupon: Check = (payload) => {
  requireText(payload['title'], 'title', 80);
  const { coupon_code: code, coupon_url: url } = payload;
  if (code === undefined && url === undefined) throw invalid('A coupon_code or a coupon_url is needed');
  if (url !== undefined) requireUrl(url, 'coupon_url');
};

const product: Check = (payload) => {
  refuseOthers(payload, 'payload', ['template_type', 'elements']);
  requireList(payload['elements'], 'elements', 1, 10).forEach((element, index) => {
    requireText(element['id'], `elements[${index}]['id']`, 512);
  });
};

const TEMPLATES: Record<Platform, Record<string, Check>> = {
  messenger: { generic, button, media, receipt, coupon, product },
  instagram: { generic, button, product },
};

/** The payload of an attachment of the type `template`; answers its kind. */
export function checkTemplatePayload(payload: unknown, side: Side): string {
  if (!isObject(payload)) throw invalid("attachment['payload'] must be an object");
  const known = TEMPLATES[side.platform];
  const type = requireOneOf(payload['template_type'], 'template_type', Object.keys(known));
  known[type]?.(payload, side);
  return type;
}
