/** Content → the part of a message body that says it: `type` and the object of that name. */
import type { ContactCard, OutboundContent } from '../../../../../contract/message.ts';
import { compact, type JsonObject } from '../../kit/json.ts';
import { checkContent } from './check.ts';
import type { Of } from './content-of.ts';
import {
  renderAddressRequest,
  renderButtons,
  renderCarousel,
  renderCatalog,
  renderForm,
  renderLink,
  renderList,
  renderLocationRequest,
  renderPayment,
  renderProduct,
  renderProducts,
} from './render-interactive.ts';
import { mediaObject } from './render-parts.ts';
import { renderTemplate } from './render-template.ts';

function contactObject({ name, phones, emails, addresses, org, urls, birthday }: ContactCard): JsonObject {
  return compact({
    name: compact({
      formatted_name: name.formatted,
      first_name: name.first,
      last_name: name.last,
      middle_name: name.middle,
      prefix: name.prefix,
      suffix: name.suffix,
    }),
    phones: phones?.map(({ phone, type, address }) => compact({ phone, type, wa_id: address })),
    emails,
    addresses: addresses?.map(({ countryCode, ...rest }) => compact({ ...rest, country_code: countryCode })),
    org,
    urls,
    birthday,
  });
}

function mediaBody(content: Of<'image' | 'video' | 'audio' | 'document' | 'sticker'>): JsonObject {
  const caption = 'caption' in content ? content.caption || undefined : undefined;
  const filename = content.type === 'document' ? content.filename : undefined;
  const voice = content.type === 'audio' && content.voice ? true : undefined;
  return { type: content.type, [content.type]: compact({ ...mediaObject(content), caption, filename, voice }) };
}

function locationBody({ latitude, longitude, name, address }: Of<'location'>): JsonObject {
  const location = compact({ latitude: String(latitude), longitude: String(longitude), name, address });
  return { type: 'location', location };
}

function interactiveObject(content: OutboundContent): JsonObject | undefined {
  switch (content.type) {
    case 'buttons':
      return renderButtons(content);
    case 'list':
      return renderList(content);
    case 'link':
      return renderLink(content);
    case 'product':
      return renderProduct(content);
    case 'products':
      return renderProducts(content);
    case 'catalog':
      return renderCatalog(content);
    case 'carousel':
      return renderCarousel(content);
    case 'form':
      return renderForm(content);
    case 'payment_request':
      return renderPayment(content);
    case 'location_request':
      return renderLocationRequest(content);
    case 'address_request':
      return renderAddressRequest(content);
    default:
      return undefined;
  }
}

/** Throws `ParleyError` like `checkContent`: nothing that Meta is known to refuse is rendered. */
export function renderContent(content: OutboundContent): JsonObject {
  checkContent(content);
  switch (content.type) {
    case 'text':
      return { type: 'text', text: compact({ body: content.text, preview_url: content.preview || undefined }) };
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return mediaBody(content);
    case 'location':
      return locationBody(content);
    case 'contacts':
      return { type: 'contacts', contacts: content.contacts.map(contactObject) };
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: content.messageId, emoji: content.emoji } };
    case 'template':
      return { type: 'template', template: renderTemplate(content) };
    case 'native':
      return content.body;
    default:
      return { type: 'interactive', interactive: interactiveObject(content) };
  }
}
