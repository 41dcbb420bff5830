/** The content kinds that WhatsApp offers, and what it allows in each. */
import { carousel } from '../shared/content/carousel.ts';
import { catalog, paymentRequest, product, products } from '../shared/content/commerce.ts';
import { contacts } from '../shared/content/contacts.ts';
import { form } from '../shared/content/form.ts';
import { buttons, link } from '../shared/content/interactive.ts';
import { limitNotices as limitNoticesOf, type ContentKind } from '../shared/content/kind.ts';
import { richList } from '../shared/content/list.ts';
import { audio, document, image, sticker, video } from '../shared/content/media.ts';
import { addressRequest, location, locationRequest } from '../shared/content/places.ts';
import { native, reaction, text } from '../shared/content/text.ts';
import { timePicker } from '../shared/content/time-picker.ts';

export const WHATSAPP_KINDS: readonly ContentKind[] = [
  addressRequest,
  audio,
  buttons,
  carousel,
  catalog,
  contacts,
  document,
  form,
  image,
  link,
  richList({ groups: true, frame: true }),
  location,
  locationRequest,
  native,
  paymentRequest,
  product,
  products,
  reaction,
  sticker,
  text,
  timePicker,
  video,
];

/** Shown where they matter. */
export const limitNotices = limitNoticesOf({
  buttons: 'WhatsApp shows up to three buttons of 20 characters each; the text may have 1024 characters.',
  carousel: 'WhatsApp takes 2 to 10 cards, all with the same type of file and the same buttons.',
  list: 'WhatsApp takes up to 10 rows in all; titles of 24 and descriptions of 72 characters.',
  address_request: 'WhatsApp offers this to businesses and users in India only.',
  payment_request: 'WhatsApp offers payments in India, Brazil and Singapore only.',
});
