/** Template sends (messages/template-messages): values go into components in the order header, body, buttons. */
import type {
  TemplateButton,
  TemplateCard,
  TemplateContent,
  TemplateHeader,
  TemplateValue,
} from '../../../../../contract/message.ts';
import { compact, type JsonObject } from '../../kit/json.ts';
import { mediaObject, productSections } from './render-parts.ts';

function parameter({ name, type, text, currency }: TemplateValue): JsonObject {
  const named = { type, parameter_name: name };
  if (type === 'text') return compact({ ...named, text });
  if (type === 'date_time') return compact({ ...named, date_time: { fallback_value: text } });
  const amount = { fallback_value: text, code: currency?.code, amount_1000: currency?.amount1000 };
  return compact({ ...named, currency: compact(amount) });
}

function headerParameters(header: TemplateHeader): JsonObject[] {
  switch (header.type) {
    case 'text':
      return header.values.map(parameter);
    case 'location': {
      const { latitude, longitude, name, address } = header;
      const place = { latitude: String(latitude), longitude: String(longitude), name, address };
      return [{ type: 'location', location: compact(place) }];
    }
    case 'product':
      return [{ type: 'product', product: { product_retailer_id: header.productId, catalog_id: header.catalogId } }];
    default: {
      const filename = header.type === 'document' ? header.filename : undefined;
      return [{ type: header.type, [header.type]: compact({ ...mediaObject(header), filename }) }];
    }
  }
}

function action(value: JsonObject): JsonObject[] {
  return Object.keys(value).length > 0 ? [{ type: 'action', action: value }] : [];
}

function buttonParameters(button: TemplateButton): { subType: string; parameters: JsonObject[] } {
  switch (button.type) {
    case 'quick_reply':
      return { subType: 'quick_reply', parameters: [{ type: 'payload', payload: button.payload }] };
    case 'url':
      return { subType: 'url', parameters: [{ type: 'text', text: button.suffix }] };
    case 'copy_code':
      return { subType: 'copy_code', parameters: [{ type: 'coupon_code', coupon_code: button.code }] };
    case 'catalog': {
      const thumbnail = compact({ thumbnail_product_retailer_id: button.thumbnailProductId });
      return { subType: 'catalog', parameters: action(thumbnail) };
    }
    case 'products': {
      const { thumbnailProductId, sections } = button;
      const value = { thumbnail_product_retailer_id: thumbnailProductId, sections: productSections(sections) };
      return { subType: 'mpm', parameters: action(value) };
    }
    case 'form': {
      const value = compact({ flow_token: button.token, flow_action_data: button.data });
      return { subType: 'flow', parameters: action(value) };
    }
  }
}

/** A button whose parameters are all optional and left out needs no component. */
function buttonComponents(buttons: readonly TemplateButton[]): JsonObject[] {
  return buttons.flatMap((button) => {
    const { subType, parameters } = buttonParameters(button);
    if (parameters.length === 0) return [];
    return [{ type: 'button', sub_type: subType, index: String(button.index), parameters }];
  });
}

function components({ header, body, buttons }: TemplateCard): JsonObject[] {
  return [
    ...(header ? [{ type: 'header', parameters: headerParameters(header) }] : []),
    ...(body && body.length > 0 ? [{ type: 'body', parameters: body.map(parameter) }] : []),
    ...buttonComponents(buttons ?? []),
  ];
}

/** The code goes into the body and, the same, into the button (authentication-templates). */
function codeComponents(code: string): JsonObject[] {
  const parameters = [{ type: 'text', text: code }];
  return [
    { type: 'body', parameters },
    { type: 'button', sub_type: 'url', index: '0', parameters },
  ];
}

function offerComponent(endsAt: number): JsonObject {
  const limited_time_offer = { expiration_time_ms: endsAt };
  return { type: 'limited_time_offer', parameters: [{ type: 'limited_time_offer', limited_time_offer }] };
}

function carouselComponent(cards: readonly TemplateCard[]): JsonObject {
  return { type: 'carousel', cards: cards.map((card, index) => ({ card_index: index, components: components(card) })) };
}

export function renderTemplate(content: TemplateContent): JsonObject {
  const { header, body, buttons, cards, offerEndsAt, code } = content;
  const all = [
    ...components({ header, body }),
    ...(offerEndsAt === undefined ? [] : [offerComponent(offerEndsAt)]),
    ...(code === undefined ? [] : codeComponents(code)),
    ...components({ buttons }),
    ...(cards ? [carouselComponent(cards)] : []),
  ];
  return compact({
    name: content.name,
    language: { code: content.language },
    components: all.length > 0 ? all : undefined,
  });
}
