import type { JsonObject } from '../kit/json.ts';
import {
  all,
  choose,
  list,
  named,
  number,
  oneOf,
  open,
  optional,
  rule,
  text,
  unique,
  url,
  Invalid,
  type Check,
} from '../kit/schema.ts';
import { source } from './message-schemas.ts';
import type { World } from './world.ts';

/** Sections; where there are several, each has a title. */
export function sections(members: Record<string, Check>): Check {
  const several = list(open({ title: text(24), ...members }), 1, 10);
  const single = list(open({ title: optional(text(24)), ...members }), 1, 10);
  return (value, at) => (Array.isArray(value) && value.length > 1 ? several : single)(value, at);
}

export const PRODUCT = open({ catalog_id: text(100), product_retailer_id: text(100) });

interface ProductSection {
  product_items: unknown[];
}
const items = named('product_items', list(open({ product_retailer_id: text(100) }), 1, 30));

export const PRODUCTS = all(
  sections({ product_items: items }),
  rule(
    (all: ProductSection[]) => all.flatMap((one) => one.product_items).length <= 30,
    'Total product count exceed max allowed count: 30',
  ),
);

const reply = open({ quick_reply: open({ id: text(256), title: text(20) }) });
const replies = all(
  list(reply, 1, 2),
  unique((all: { quick_reply: JsonObject }[]) => all.map((one) => one.quick_reply['id']), 'quick_reply', 'id'),
);
const link = open({ display_text: text(20), url: url() });
const isLink = (action: unknown): boolean => (action as JsonObject | null | undefined)?.['name'] === 'cta_url';

const mediaCard = open<World>({
  header: choose<World>('type', { image: open({ image: source('image') }), video: open({ video: source('video') }) }),
  body: optional(
    open({
      text: all(
        text(160),
        rule((body: string) => body.split('\n').length <= 3, "cards['body']['text'] has more than two line breaks."),
      ),
    }),
  ),
  action: (action, at) => open(isLink(action) ? { parameters: link } : { buttons: replies })(action, at),
});
const productCard = open({ type: oneOf('product'), action: PRODUCT });

/** Counts from 0. */
const isCounted: Check = (card, { path }) => {
  const index = (card as JsonObject)['card_index'];
  if (index === undefined) throw new Invalid({ kind: 'missing', path: [...path, 'card_index'] });
  const text = "cards['card_index'] must count from 0.";
  if (index !== path.at(-1)) throw new Invalid({ kind: 'rule', path, text });
};

const isProduct = (card: JsonObject | undefined): boolean => card?.['type'] === 'product';

/** What all cards have to share. */
function shapeOf(card: JsonObject): string {
  const action = card['action'] as JsonObject;
  if (isProduct(card)) return String(action['catalog_id']);
  const shown = isLink(action) ? 'cta_url' : (action['buttons'] as unknown[]).length;
  return `${String((card['header'] as JsonObject)['type'])}:${shown}`;
}

/** 2 to 10 cards, all of one kind; media cards share the header type, product cards the catalog. */
export const CARDS: Check<World> = all<World>(
  list(all(open({}), isCounted), 2, 10),
  rule(
    (cards: JsonObject[]) => cards.every((card) => isProduct(card) === isProduct(cards[0])),
    'All cards must be of the same type.',
  ),
  (cards, at) => list(isProduct((cards as JsonObject[])[0]) ? productCard : mediaCard, 2, 10)(cards, at),
  rule(
    (cards: JsonObject[]) => new Set(cards.map(shapeOf)).size === 1,
    'All cards must have the same header type, buttons and catalog.',
  ),
);

const STATUSES = ['pending', 'processing', 'partially_shipped', 'shipped', 'completed', 'canceled'];
const status = oneOf(...STATUSES);
const amount = all(
  open({ value: number(0, Number.MAX_SAFE_INTEGER) }),
  rule(({ offset }) => offset === 100, 'The offset of an amount must be 100.'),
);
const item = open({
  ...{ retailer_id: text(100), name: text(60), amount },
  quantity: number(1, 1_000_000),
});

function order(name: string, parameters: Record<string, Check>): Check {
  const isCalled = rule(({ name: given }) => given === name, `action['name'] must be ${name}.`);
  return all(open({}), isCalled, open({ parameters: open({ reference_id: text(35), ...parameters }) }));
}

/** Payment messages: with the order, or with its status. */
export const ORDER_DETAILS = order('review_and_pay', {
  type: oneOf('digital-goods', 'physical-goods'),
  currency: text(3),
  total_amount: amount,
  order: open({
    ...{ status, subtotal: amount, items: list(item, 1, 999) },
    ...{ tax: optional(amount), shipping: optional(amount), discount: optional(amount) },
  }),
});
export const ORDER_STATUS = order('review_order', { order: open({ status }) });
