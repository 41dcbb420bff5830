import type { JsonObject } from '../kit/json.ts';
import * as s from '../kit/schema.ts';
import { source } from './message-schemas.ts';
import type { World } from './world.ts';

/** Sections; where there are several, each has a title. */
export function sections(members: Record<string, s.Check>): s.Check {
  const several = s.list(s.open({ title: s.text(24), ...members }), 1, 10);
  const single = s.list(s.open({ title: s.optional(s.text(24)), ...members }), 1, 10);
  return (value, at) => (Array.isArray(value) && value.length > 1 ? several : single)(value, at);
}

export const PRODUCT = s.open({ catalog_id: s.text(100), product_retailer_id: s.text(100) });

interface ProductSection {
  product_items: unknown[];
}
const items = s.named('product_items', s.list(s.open({ product_retailer_id: s.text(100) }), 1, 30));

export const PRODUCTS = s.all(
  sections({ product_items: items }),
  s.rule(
    (all: ProductSection[]) => all.flatMap((one) => one.product_items).length <= 30,
    'Total product count exceed max allowed count: 30',
  ),
);

const reply = s.open({ quick_reply: s.open({ id: s.text(256), title: s.text(20) }) });
const replies = s.all(
  s.list(reply, 1, 2),
  s.unique((all: { quick_reply: JsonObject }[]) => all.map((one) => one.quick_reply['id']), 'quick_reply', 'id'),
);
const link = s.open({ display_text: s.text(20), url: s.url() });
const isLink = (action: unknown): boolean => (action as JsonObject | null | undefined)?.['name'] === 'cta_url';

const mediaCard = s.open<World>({
  header: s.choose<World>('type', {
    image: s.open({ image: source('image') }),
    video: s.open({ video: source('video') }),
  }),
  body: s.optional(
    s.open({
      text: s.all(
        s.text(160),
        s.rule((body: string) => body.split('\n').length <= 3, "cards['body']['text'] has more than two line breaks."),
      ),
    }),
  ),
  action: (action, at) => s.open(isLink(action) ? { parameters: link } : { buttons: replies })(action, at),
});
const productCard = s.open({ type: s.oneOf('product'), action: PRODUCT });

/** Counts from 0. */
const isCounted: s.Check = (card, { path }) => {
  const index = (card as JsonObject)['card_index'];
  if (index === undefined) throw new s.Invalid({ kind: 'missing', path: [...path, 'card_index'] });
  const text = "cards['card_index'] must count from 0.";
  if (index !== path.at(-1)) throw new s.Invalid({ kind: 'rule', path, text });
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
export const CARDS: s.Check<World> = s.all<World>(
  s.list(s.all(s.open({}), isCounted), 2, 10),
  s.rule(
    (cards: JsonObject[]) => cards.every((card) => isProduct(card) === isProduct(cards[0])),
    'All cards must be of the same type.',
  ),
  (cards, at) => s.list(isProduct((cards as JsonObject[])[0]) ? productCard : mediaCard, 2, 10)(cards, at),
  s.rule(
    (cards: JsonObject[]) => new Set(cards.map(shapeOf)).size === 1,
    'All cards must have the same header type, buttons and catalog.',
  ),
);

const STATUSES = ['pending', 'processing', 'partially_shipped', 'shipped', 'completed', 'canceled'];
const status = s.oneOf(...STATUSES);
const amount = s.all(
  s.open({ value: s.number(0, Number.MAX_SAFE_INTEGER) }),
  s.rule(({ offset }) => offset === 100, 'The offset of an amount must be 100.'),
);
const item = s.open({
  ...{ retailer_id: s.text(100), name: s.text(60), amount },
  quantity: s.number(1, 1_000_000),
});

function order(name: string, parameters: Record<string, s.Check>): s.Check {
  const isCalled = s.rule(({ name: given }) => given === name, `action['name'] must be ${name}.`);
  return s.all(s.open({}), isCalled, s.open({ parameters: s.open({ reference_id: s.text(35), ...parameters }) }));
}

/** Payment messages: with the order, or with its status. */
export const ORDER_DETAILS = order('review_and_pay', {
  type: s.oneOf('digital-goods', 'physical-goods'),
  currency: s.text(3),
  total_amount: amount,
  order: s.open({
    ...{ status, subtotal: amount, items: s.list(item, 1, 999) },
    ...{ tax: s.optional(amount), shipping: s.optional(amount), discount: s.optional(amount) },
  }),
});
export const ORDER_STATUS = order('review_order', { order: s.open({ status }) });
