import { objectOf, type JsonObject } from '../kit/json.ts';
import {
  allowText,
  refuseOthers,
  requireList,
  requireNumber,
  requireObject,
  requireOneOf,
  requireText,
  requireUnique,
  requireUrl,
} from './checks.ts';
import { GraphError, invalid, missing } from './errors.ts';
import { checkCarousel, checkCatalog, checkOrder, checkProduct, checkProductList } from './interactive-commerce.ts';
import { checkMediaSource } from './message-content.ts';
import type { MediaKind } from './media-types.ts';
import type { World } from './world.ts';

/** What a kind of interactive message may have around its action, and how the action is checked. */
interface InteractiveRule {
  /** Header kinds; none: no header. `!text`: a text header is required. */
  headers: readonly ('text' | 'image' | 'video' | 'document' | '!text')[];
  /** Longest body text. */
  body: number;
  isBodyOptional?: boolean;
  noFooter?: boolean;
  action(action: JsonObject, world: World): void;
}

const ANY_HEADER = ['text', 'image', 'video', 'document'] as const;

const RULES: Record<string, InteractiveRule> = {
  button: { headers: ANY_HEADER, body: 1024, action: checkButtons },
  list: { headers: ['text'], body: 4096, action: checkListAction },
  cta_url: { headers: ANY_HEADER, body: 1024, action: checkCta },
  location_request_message: { headers: [], body: 1024, noFooter: true, action: named('send_location') },
  address_message: { headers: ANY_HEADER, body: 1024, action: checkAddress },
  request_contact_info: { headers: [], body: 1024, action: named('request_contact_info') },
  flow: { headers: ANY_HEADER, body: 1024, action: checkFlow },
  product: { headers: [], body: 1024, isBodyOptional: true, action: checkProduct },
  product_list: { headers: ['!text'], body: 1024, action: checkProductList },
  catalog_message: { headers: [], body: 1024, action: checkCatalog },
  carousel: { headers: [], body: 1024, noFooter: true, action: checkCarousel },
  voice_call: { headers: ANY_HEADER, body: 1024, action: checkVoiceCall },
  call_permission_request: { headers: [], body: 1024, isBodyOptional: true, action: named('call_permission_request') },
  order_details: { headers: ['image', 'document', 'video'], body: 1024, action: checkOrder('review_and_pay') },
  order_status: { headers: [], body: 1024, action: checkOrder('review_order') },
};

/** Checks an `interactive` object: shell and action (docs: messages/interactive-*). */
export function checkInteractive(world: World, interactive: JsonObject): void {
  refuseOthers(interactive, 'interactive', ['type', 'header', 'body', 'footer', 'action']);
  const type = requireOneOf(interactive['type'], "interactive['type']", Object.keys(RULES));
  const rule = RULES[type] as InteractiveRule;
  checkHeader(world, rule, interactive['header']);
  checkShellBody(rule, interactive['body']);
  if (interactive['footer'] !== undefined) {
    if (rule.noFooter) throw invalid('Footer is not supported for this interactive type.');
    requireText(requireObject(interactive['footer'], "interactive['footer']")['text'], "footer['text']", 60);
  }
  rule.action(requireObject(interactive['action'], "interactive['action']"), world);
}

function checkHeader(world: World, rule: InteractiveRule, value: unknown): void {
  if (value === undefined) {
    if (rule.headers.includes('!text')) throw missing("interactive['header']");
    return;
  }
  const header = requireObject(value, "interactive['header']");
  const type = requireText(header['type'], "header['type']", 20);
  if (!rule.headers.some((kind) => kind.replace('!', '') === type)) {
    throw invalid(`Header type ${type} is not supported for this interactive type.`);
  }
  if (type === 'text') requireText(header['text'], "header['text']", 60);
  else checkMediaSource(world, type as MediaKind, requireObject(header[type], `header['${type}']`));
}

function checkShellBody(rule: InteractiveRule, value: unknown): void {
  if (value === undefined && rule.isBodyOptional) return;
  requireText(requireObject(value, "interactive['body']")['text'], "body['text']", rule.body);
}

function checkButtons(action: JsonObject): void {
  refuseOthers(action, 'action', ['buttons']);
  const replies = requireList(action['buttons'], 'buttons', 1, 3).map((button) => {
    requireOneOf(button['type'], "buttons['type']", ['reply']);
    return requireObject(button['reply'], "buttons['reply']");
  });
  const ids = replies.map((reply) => requireText(reply['id'], "reply['id']", 256));
  const titles = replies.map((reply) => requireText(reply['title'], 'Button title', 20));
  requireUnique(ids, "reply['id']");
  requireUnique(titles, 'Button title');
}

function checkListAction(action: JsonObject): void {
  refuseOthers(action, 'action', ['button', 'sections']);
  requireText(action['button'], "action['button']", 20);
  const sections = requireList(action['sections'], 'sections', 1, 10);
  for (const section of sections) {
    if (sections.length > 1) requireText(section['title'], "sections['title']", 24);
    else allowText(section['title'], "sections['title']", 24);
  }
  const rows = sections.flatMap((section) => requireList(section['rows'], "sections['rows']", 1, 10));
  if (rows.length > 10) throw invalid('Total row count exceed max allowed count: 10');
  const ids = rows.map((row) => requireText(row['id'], "rows['id']", 200));
  requireUnique(ids, "rows['id']");
  for (const row of rows) {
    requireText(row['title'], "rows['title']", 24);
    allowText(row['description'], "rows['description']", 72);
  }
}

function checkCta(action: JsonObject): void {
  named('cta_url')(action);
  const parameters = requireObject(action['parameters'], "action['parameters']");
  requireText(parameters['display_text'], "parameters['display_text']", 20);
  requireUrl(parameters['url'], "parameters['url']");
}

function checkAddress(action: JsonObject): void {
  named('address_message')(action);
  const parameters = requireObject(action['parameters'], "action['parameters']");
  requireText(parameters['country'], "parameters['country']", 2);
  if (parameters['country'] !== 'IN') throw invalid('Address messages are available in India only.');
}

function checkFlow(action: JsonObject): void {
  named('flow')(action);
  const parameters = requireObject(action['parameters'], "action['parameters']");
  if (String(parameters['flow_message_version'] ?? '') !== '3')
    throw invalid("parameters['flow_message_version'] must be 3.");
  if (parameters['flow_id'] === undefined && parameters['flow_name'] === undefined)
    throw missing("parameters['flow_id']");
  if (parameters['flow_id'] !== undefined && parameters['flow_name'] !== undefined) {
    throw invalid('Only one of flow_id and flow_name is allowed.');
  }
  const cta = requireText(parameters['flow_cta'], "parameters['flow_cta']", 30);
  if (/\p{Extended_Pictographic}/u.test(cta)) throw invalid("parameters['flow_cta'] must not contain emoji.");
  allowText(parameters['flow_token'], "parameters['flow_token']", 1024);
  const kind = requireOneOf(parameters['flow_action'] ?? 'navigate', 'flow_action', ['navigate', 'data_exchange']);
  if (parameters['mode'] !== undefined) requireOneOf(parameters['mode'], "parameters['mode']", ['draft', 'published']);
  const payload = objectOf(parameters['flow_action_payload']);
  if (kind === 'navigate' && parameters['flow_action_payload'] !== undefined) {
    requireText(payload['screen'], "flow_action_payload['screen']", 256);
  }
}

function checkVoiceCall(action: JsonObject): void {
  named('voice_call')(action);
  const parameters = objectOf(action['parameters']);
  allowText(parameters['display_text'], "parameters['display_text']", 20);
  allowText(parameters['payload'], "parameters['payload']", 512);
  if (parameters['ttl_minutes'] !== undefined) requireNumber(parameters['ttl_minutes'], 'ttl_minutes', 1, 43_200);
}

function named(name: string): (action: JsonObject) => void {
  return (action) => {
    if (requireText(action['name'], "action['name']", 60) !== name) {
      throw new GraphError(131009, `action['name'] must be ${name}.`);
    }
  };
}
