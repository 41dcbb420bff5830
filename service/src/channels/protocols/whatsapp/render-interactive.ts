/** Interactive messages (messages/interactive-*): the `interactive` object of each kind. */
import type { CarouselCard } from '../../../../../contract/message.ts';
import { compact, type JsonObject } from '../../kit/json.ts';
import type { Of } from './content-of.ts';
import { headerObject, interactive, productSections } from './render-parts.ts';

const urlAction = (title: string, url: string): JsonObject => ({
  name: 'cta_url',
  parameters: { display_text: title, url },
});

export function renderButtons(content: Of<'buttons'>): JsonObject {
  const buttons = content.buttons.map(({ id, title }) => ({ type: 'reply', reply: { id, title } }));
  return interactive('button', content, { buttons });
}

export function renderList(content: Of<'list'>): JsonObject {
  const sections = content.sections.map(({ title, rows }) =>
    compact({
      title: title || undefined,
      rows: rows.map(({ id, title: label, description }) =>
        compact({ id, title: label, description: description || undefined }),
      ),
    }),
  );
  return interactive('list', content, { button: content.buttonTitle, sections });
}

export function renderLink(content: Of<'link'>): JsonObject {
  return interactive('cta_url', content, urlAction(content.title, content.url));
}

/** `formId` of digits is the form's id, anything else its name. A screen is opened by `navigate`; without one Meta's default counts. */
export function renderForm(content: Of<'form'>): JsonObject {
  const { formId = '', buttonTitle, token, screen, data, draft } = content;
  const parameters = compact({
    flow_message_version: '3',
    ...(/^\d+$/.test(formId) ? { flow_id: formId } : { flow_name: formId }),
    flow_cta: buttonTitle,
    flow_token: token,
    flow_action: screen === undefined ? undefined : 'navigate',
    flow_action_payload: screen === undefined ? undefined : compact({ screen, data }),
    mode: draft === true ? 'draft' : undefined,
  });
  return interactive('flow', content, { name: 'flow', parameters });
}

export function renderLocationRequest({ text }: Of<'location_request'>): JsonObject {
  return interactive('location_request_message', { text }, { name: 'send_location' });
}

export function renderAddressRequest({ text, country, values }: Of<'address_request'>): JsonObject {
  return interactive(
    'address_message',
    { text },
    { name: 'address_message', parameters: compact({ country, values }) },
  );
}

export function renderProduct({ text, footer, catalogId, productId }: Of<'product'>): JsonObject {
  return interactive('product', { text, footer }, { catalog_id: catalogId, product_retailer_id: productId });
}

export function renderProducts({ text, header, footer, catalogId, sections }: Of<'products'>): JsonObject {
  const shell = { text, header: header === undefined ? undefined : { type: 'text' as const, text: header }, footer };
  return interactive('product_list', shell, { catalog_id: catalogId, sections: productSections(sections) });
}

export function renderCatalog({ text, footer, thumbnailProductId }: Of<'catalog'>): JsonObject {
  const parameters = thumbnailProductId ? { thumbnail_product_retailer_id: thumbnailProductId } : undefined;
  return interactive('catalog_message', { text, footer }, compact({ name: 'catalog_message', parameters }));
}

/** Cards with quick replies are of type `cta_url` too, as in Meta's own example. */
function cardObject(card: CarouselCard, index: number, catalogId: string | undefined): JsonObject {
  if ('productId' in card) {
    const action = { product_retailer_id: card.productId, catalog_id: catalogId };
    return { card_index: index, type: 'product', action };
  }
  const replies = card.buttons?.map(({ id, title }) => ({ type: 'quick_reply', quick_reply: { id, title } }));
  return compact({
    card_index: index,
    type: 'cta_url',
    header: card.header && headerObject(card.header),
    body: card.body ? { text: card.body } : undefined,
    action: card.link ? urlAction(card.link.title, card.link.url) : { buttons: replies },
  });
}

export function renderCarousel({ text, catalogId, cards }: Of<'carousel'>): JsonObject {
  return interactive('carousel', { text }, { cards: cards.map((card, index) => cardObject(card, index, catalogId)) });
}

export function renderPayment({ text, payment }: Of<'payment_request'>): JsonObject {
  return interactive('order_details', { text }, { name: 'review_and_pay', parameters: payment });
}
