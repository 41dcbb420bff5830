import { listOf, objectOf, type JsonObject } from '../kit/json.ts';
import {
  requireList,
  requireNumber,
  requireObject,
  requireOneOf,
  requireText,
  requireUnique,
  requireUrl,
} from './checks.ts';
import { invalid, missing } from './errors.ts';
import { checkMediaSource } from './message-content.ts';
import type { World } from './world.ts';

const ORDER_STATUSES = ['pending', 'processing', 'partially_shipped', 'shipped', 'completed', 'canceled'] as const;

export function checkProduct(action: JsonObject): void {
  requireText(action['catalog_id'], "action['catalog_id']", 100);
  requireText(action['product_retailer_id'], "action['product_retailer_id']", 100);
}

export function checkProductList(action: JsonObject): void {
  requireText(action['catalog_id'], "action['catalog_id']", 100);
  const sections = requireList(action['sections'], 'sections', 1, 10);
  const items = sections.flatMap((section) => {
    if (sections.length > 1) requireText(section['title'], "sections['title']", 24);
    return requireList(section['product_items'], 'product_items', 1, 30);
  });
  if (items.length > 30) throw invalid('Total product count exceed max allowed count: 30');
  for (const item of items) requireText(item['product_retailer_id'], "product_items['product_retailer_id']", 100);
}

export function checkCatalog(action: JsonObject): void {
  if (requireText(action['name'], "action['name']", 60) !== 'catalog_message') {
    throw invalid("action['name'] must be catalog_message.");
  }
  if (action['parameters'] !== undefined) {
    const parameters = requireObject(action['parameters'], "action['parameters']");
    requireText(parameters['thumbnail_product_retailer_id'], 'thumbnail_product_retailer_id', 100);
  }
}

/** 2–10 cards, all of one kind; media cards share the header type, product cards the catalog. */
export function checkCarousel(action: JsonObject, world: World): void {
  const cards = requireList(action['cards'], 'cards', 2, 10);
  for (const [index, card] of cards.entries()) {
    if (card['card_index'] === undefined) throw missing("cards['card_index']");
    if (card['card_index'] !== index) throw invalid("cards['card_index'] must count from 0.");
  }
  const isProducts = cards[0]?.['type'] === 'product';
  const shared = cards.map((card) => (isProducts ? checkProductCard(card) : checkMediaCard(card, world)));
  if (new Set(shared).size > 1) throw invalid('All cards must have the same header type, buttons and catalog.');
}

function checkProductCard(card: JsonObject): string {
  if (card['type'] !== 'product') throw invalid('All cards must be of the same type.');
  const action = requireObject(card['action'], "cards['action']");
  checkProduct(action);
  return String(action['catalog_id']);
}

function checkMediaCard(card: JsonObject, world: World): string {
  if (card['type'] === 'product') throw invalid('All cards must be of the same type.');
  const header = requireObject(card['header'], "cards['header']");
  const kind = requireOneOf(header['type'], "cards['header']['type']", ['image', 'video'] as const);
  checkMediaSource(world, kind, requireObject(header[kind], `header['${kind}']`));
  if (card['body'] !== undefined) checkCardBody(requireObject(card['body'], "cards['body']"));
  const action = requireObject(card['action'], "cards['action']");
  if (action['name'] === 'cta_url') {
    const parameters = requireObject(action['parameters'], "action['parameters']");
    requireText(parameters['display_text'], "parameters['display_text']", 20);
    requireUrl(parameters['url'], "parameters['url']");
    return `${kind}:cta_url`;
  }
  const buttons = requireList(action['buttons'], "cards['action']['buttons']", 1, 2);
  const replies = buttons.map((button) => requireObject(button['quick_reply'], "buttons['quick_reply']"));
  const ids = replies.map((reply) => requireText(reply['id'], "quick_reply['id']", 256));
  for (const reply of replies) requireText(reply['title'], "quick_reply['title']", 20);
  requireUnique(ids, "quick_reply['id']");
  return `${kind}:${buttons.length}`;
}

function checkCardBody(body: JsonObject): void {
  const text = requireText(body['text'], "cards['body']['text']", 160);
  if (text.split('\n').length > 3) throw invalid("cards['body']['text'] has more than two line breaks.");
}

/** Payment messages: `review_and_pay` with the order, `review_order` with its status. */
export function checkOrder(name: 'review_and_pay' | 'review_order'): (action: JsonObject) => void {
  return (action) => {
    if (action['name'] !== name) throw invalid(`action['name'] must be ${name}.`);
    const parameters = requireObject(action['parameters'], "action['parameters']");
    requireText(parameters['reference_id'], "parameters['reference_id']", 35);
    const order = requireObject(parameters['order'], "parameters['order']");
    requireOneOf(order['status'], "order['status']", ORDER_STATUSES);
    if (name === 'review_and_pay') checkOrderDetails(parameters, order);
  };
}

function checkOrderDetails(parameters: JsonObject, order: JsonObject): void {
  requireOneOf(parameters['type'], "parameters['type']", ['digital-goods', 'physical-goods']);
  requireText(parameters['currency'], "parameters['currency']", 3);
  checkAmount(parameters['total_amount'], 'total_amount');
  checkAmount(order['subtotal'], 'subtotal');
  for (const item of requireList(order['items'], "order['items']", 1, 999)) {
    requireText(item['retailer_id'], "items['retailer_id']", 100);
    requireText(item['name'], "items['name']", 60);
    checkAmount(item['amount'], 'amount');
    requireNumber(item['quantity'], "items['quantity']", 1, 1_000_000);
  }
  for (const extra of listOf([order['tax'], order['shipping'], order['discount']])) {
    if (extra !== undefined) checkAmount(extra, 'amount');
  }
}

function checkAmount(value: unknown, path: string): void {
  const amount = requireObject(value, path);
  requireNumber(amount['value'], `${path}['value']`, 0, Number.MAX_SAFE_INTEGER);
  if (objectOf(value)['offset'] !== 100) throw invalid(`${path}['offset'] must be 100.`);
}
