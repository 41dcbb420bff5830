/** Is a content within WhatsApp's limits? One check per kind; findings name the field, the limit and what was given. */
import { OUTBOUND_KINDS, type OutboundContent, type OutboundKind } from '../../../../../contract/message.ts';
import { ParleyError } from '../../../core/errors.ts';
import { Checker } from '../../kit/checker.ts';
import { checkContacts } from './check-contacts.ts';
import {
  checkAddressRequest,
  checkButtons,
  checkForm,
  checkLink,
  checkList,
  checkLocationRequest,
} from './check-interactive.ts';
import { checkCarousel, checkCatalog, checkPayment, checkProduct, checkProducts } from './check-commerce.ts';
import { checkMedia } from './check-parts.ts';
import { checkTemplate } from './check-template.ts';
import type { Of } from './content-of.ts';
import { LIMITS } from './limits.ts';

type Check<K extends OutboundKind> = (check: Checker, content: Of<K>) => void;

function checkPlace(check: Checker, place: { latitude: number; longitude: number }): void {
  check.number('latitude', place.latitude, -90, 90);
  check.number('longitude', place.longitude, -180, 180);
}

const caption = (check: Checker, content: { caption?: string }): void =>
  check.text('caption', content.caption, { max: LIMITS.caption, optional: true });

function checkReaction(check: Checker, { messageId, emoji }: Of<'reaction'>): void {
  check.text('messageId', messageId, { max: 512 });
  const graphemes = typeof emoji === 'string' ? [...new Intl.Segmenter().segment(emoji)].length : undefined;
  check.refuse(
    graphemes === undefined || graphemes > 1,
    'emoji',
    'must be one emoji, or empty to take the reaction back',
  );
}

/** Members that Parley sets itself in a `native` body are overwritten; a group or a read mark is no message to a person. */
function checkNative(check: Checker, { body }: Of<'native'>): void {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  check.refuse(!isObject, 'body', "must be the JSON object of Meta's message");
  if (!isObject) return;
  check.text('body.type', body.type, { max: 64 });
  check.refuse(body.recipient_type === 'group', 'body.recipient_type', 'must be individual: groups are not supported');
  check.refuse(body.status !== undefined, 'body.status', 'is not part of a message: mark messages as read instead');
  if (typeof body.type === 'string' && body.type !== '') {
    check.refuse(body[body.type] === undefined, `body.${body.type}`, 'is required: it holds what is sent');
  }
}

/** `undefined`: WhatsApp has no such message. */
const CHECKS: { readonly [K in OutboundKind]: Check<K> | undefined } = {
  text: (check, { text }) => check.text('text', text, { max: LIMITS.text }),
  image: (check, content) => (checkMedia(check, '', content), caption(check, content)),
  video: (check, content) => (checkMedia(check, '', content), caption(check, content)),
  audio: (check, content) => checkMedia(check, '', content),
  document: (check, content) => {
    checkMedia(check, '', content);
    caption(check, content);
    check.text('filename', content.filename, { max: LIMITS.filename, optional: true });
  },
  sticker: (check, content) => {
    check.refuse(content.name !== undefined, 'name', 'is not known to WhatsApp: give a file');
    checkMedia(check, '', content);
  },
  location: checkPlace,
  contacts: checkContacts,
  reaction: checkReaction,
  buttons: checkButtons,
  quick_replies: undefined,
  list: checkList,
  link: checkLink,
  product: checkProduct,
  products: checkProducts,
  catalog: checkCatalog,
  carousel: checkCarousel,
  media_card: undefined,
  coupon: undefined,
  receipt: undefined,
  form: checkForm,
  time_picker: undefined,
  payment_request: checkPayment,
  authentication_request: undefined,
  app: undefined,
  location_request: checkLocationRequest,
  address_request: checkAddressRequest,
  template: checkTemplate,
  native: checkNative,
};

/** Kinds that WhatsApp can send. */
export const WHATSAPP_KINDS: readonly OutboundKind[] = OUTBOUND_KINDS.filter((kind) => CHECKS[kind] !== undefined);

/** Throws `ParleyError(400, 'unsupported_by_channel' | 'invalid_content')`. Knows shapes and lengths, not files or templates. */
export function checkContent(content: OutboundContent): void {
  const kind: OutboundKind = content.type;
  const run = (Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined) as Check<OutboundKind> | undefined;
  if (run === undefined) {
    const detail = `WhatsApp cannot send "${kind}". It can send: ${WHATSAPP_KINDS.join(', ')}.`;
    throw new ParleyError(400, 'unsupported_by_channel', detail, { kinds: WHATSAPP_KINDS });
  }
  const check = new Checker();
  run(check, content);
  check.finish();
}
