/** Content → `message` of the Send API. The content is within the limits: `checkContent` has seen it. */
import type { CardButton, CarouselCard, OutboundContent, QuickReply } from '../../../../../contract/message.ts';
import type { MediaKind, MediaSource } from '../../../../../contract/media.ts';
import { compact, objectOf, type JsonObject } from '../../kit/json.ts';
import { buttonsOf } from './check-cards.ts';
import type { Of } from './check-parts.ts';
import { renderTemplate } from './render-template.ts';

const template = (payload: JsonObject): JsonObject => ({ attachment: { type: 'template', payload: compact(payload) } });

/** Meta calls a document a file. */
function attachment({ type, link, mediaId }: { type: MediaKind } & MediaSource): JsonObject {
  return { type: type === 'document' ? 'file' : type, payload: mediaId ? { attachment_id: mediaId } : { url: link } };
}

function cardButton(button: CardButton): JsonObject {
  const { title } = button;
  if ('url' in button) return { type: 'web_url', url: button.url, title };
  if ('phone' in button) return { type: 'phone_number', title, payload: button.phone };
  return { type: 'postback', title, payload: button.id };
}

function quickReply(reply: QuickReply): JsonObject {
  if ('ask' in reply) return { content_type: reply.ask === 'phone' ? 'user_phone_number' : 'user_email' };
  const { id, title, imageUrl } = reply;
  return compact({ content_type: 'text', title, payload: id, image_url: imageUrl });
}

function element(card: Exclude<CarouselCard, { productId: string }>): JsonObject {
  const buttons = buttonsOf(card).map(cardButton);
  return compact({
    title: card.title,
    subtitle: card.body || undefined,
    image_url: card.header?.link,
    default_action: card.url === undefined ? undefined : { type: 'web_url', url: card.url },
    buttons: buttons.length > 0 ? buttons : undefined,
  });
}

const products = (ids: readonly string[]): JsonObject =>
  template({ template_type: 'product', elements: ids.map((id) => ({ id })) });

function carousel({ cards }: Of<'carousel'>): JsonObject {
  const ids = cards.flatMap((card) => ('productId' in card ? [card.productId] : []));
  if (ids.length > 0) return products(ids);
  const elements = cards.flatMap((card) => ('productId' in card ? [] : [element(card)]));
  return template({ template_type: 'generic', elements });
}

function mediaCard({ media, buttons }: Of<'media_card'>): JsonObject {
  const { type, link, mediaId } = media;
  const source = mediaId ? { attachment_id: mediaId } : { url: link };
  const shown = buttons.length > 0 ? buttons.map(cardButton) : undefined;
  return template({ template_type: 'media', elements: [compact({ media_type: type, ...source, buttons: shown })] });
}

function coupon({ title, subtitle, code, url, urlTitle, text, imageUrl }: Of<'coupon'>): JsonObject {
  return template({
    template_type: 'coupon',
    title,
    subtitle,
    coupon_code: code,
    coupon_url: url,
    coupon_url_button_title: urlTitle,
    coupon_pre_message: text,
    image_url: imageUrl,
  });
}

function quickReplies({ text, media, replies }: Of<'quick_replies'>): JsonObject {
  const said = media === undefined ? { text } : { attachment: attachment(media) };
  return { ...said, quick_replies: replies.map(quickReply) };
}

type Render<T extends OutboundContent['type']> = (content: Of<T>) => JsonObject;

const RENDERERS: { readonly [K in OutboundContent['type']]?: Render<K> } = {
  text: ({ text }) => ({ text }),
  image: (content) => ({ attachment: attachment(content) }),
  video: (content) => ({ attachment: attachment(content) }),
  audio: (content) => ({ attachment: attachment(content) }),
  document: (content) => ({ attachment: attachment(content) }),
  sticker: ({ name }) => ({ attachment: { type: name } }),
  buttons: ({ text, buttons }) => template({ template_type: 'button', text, buttons: buttons.map(cardButton) }),
  link: ({ text, title, url }) => template({ template_type: 'button', text, buttons: [cardButton({ title, url })] }),
  quick_replies: quickReplies,
  carousel,
  media_card: mediaCard,
  coupon,
  receipt: ({ receipt }) => template({ template_type: 'receipt', ...receipt }),
  product: ({ productId }) => products([productId]),
  products: ({ sections }) => products(sections.flatMap(({ productIds }) => productIds)),
  template: renderTemplate,
  native: ({ body }) => objectOf(body.message),
};

/** Empty for a reaction, which is an action and no message. */
export function renderMessage(content: OutboundContent): JsonObject {
  const render = RENDERERS[content.type] as Render<OutboundContent['type']> | undefined;
  return render === undefined ? {} : render(content);
}
