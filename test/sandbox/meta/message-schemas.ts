import * as s from '../kit/schema.ts';
import type { JsonObject } from '../kit/json.ts';
import type { Platform } from './customer-world.ts';
import { GraphError, invalid } from './errors.ts';
import type { Side } from './world.ts';

const BUTTONS = {
  web_url: s.open({ title: s.text(20), url: s.url() }),
  postback: s.open({ title: s.text(20), payload: s.text(1000) }),
  phone_number: s.open({
    title: s.text(20),
    payload: s.rule((number) => /^\+\d{5,15}$/.test(String(number)), 'The payload has to be a phone number'),
  }),
  account_link: s.open({ url: s.url() }),
  account_unlink: s.open({}),
};
const { web_url, postback } = BUTTONS;
const BUTTONS_OF: Record<Platform, s.Check> = {
  messenger: s.list(s.choose('type', BUTTONS), 1, 3),
  instagram: s.list(s.choose('type', { web_url, postback }), 1, 3),
};

function generic(buttons: s.Check): s.Check {
  const link = s.all(
    s.open({ type: s.oneOf('web_url'), url: s.url() }),
    s.rule(({ title }) => title === undefined, 'A default action has no title'),
  );
  const element = s.all(
    s.object({
      title: s.text(80),
      subtitle: s.optional(s.text(80)),
      image_url: s.optional(s.url()),
      default_action: s.optional(link),
      buttons: s.optional(buttons),
    }),
    s.rule((one) => Object.keys(one).length > 1, 'At least one property must be set in addition to title'),
  );
  const own = { template_type: s.anything, image_aspect_ratio: s.anything, sharable: s.anything };
  return s.object({ elements: s.list(element, 1, 10), ...own });
}

const buttonTemplate = (buttons: s.Check): s.Check =>
  s.object({ template_type: s.anything, text: s.text(640), buttons, sharable: s.anything });

const media: s.Check<Side> = s.object<Side>({
  template_type: s.anything,
  elements: s.list(
    s.all<Side>(
      s.open({ media_type: s.oneOf('image', 'video') }),
      s.exclusive('attachment_id', 'url'),
      (value, { context }) => {
        const { attachment_id: id, media_type: kind } = value as JsonObject;
        if (id === undefined || context.uploads.get(String(id))?.kind === kind) return;
        throw invalid('Unknown attachment', 2018074);
      },
      s.rule(
        ({ url: link }) => link === undefined || /^https:\/\/([a-z-]+\.)?facebook\.com\//.test(String(link)),
        'The url has to be one of facebook.com',
      ),
      s.open({ buttons: s.optional(BUTTONS_OF.messenger) }),
    ),
    1,
    1,
  ),
  sharable: s.anything,
});

const isNumber = s.rule((cost) => typeof cost === 'number', "summary['total_cost'] must be a number");
const receipt = s.open({
  ...{ recipient_name: s.text(1000), order_number: s.text(1000), currency: s.text(1000), payment_method: s.text(1000) },
  summary: s.open({ total_cost: isNumber }),
  elements: s.optional(s.list(s.open({}), 0, 100)),
});

const coupon = s.all(
  s.open({ title: s.text(80), coupon_url: s.optional(s.url()) }),
  s.rule(
    ({ coupon_code: code, coupon_url: link }) => code !== undefined || link !== undefined,
    'A coupon_code or a coupon_url is needed',
  ),
);

const product = s.object({ template_type: s.anything, elements: s.list(s.open({ id: s.text(512) }), 1, 10) });

function templatesOf(platform: Platform): Record<string, s.Check<Side>> {
  const buttons = BUTTONS_OF[platform];
  const both = { generic: generic(buttons), button: buttonTemplate(buttons), product };
  return platform === 'messenger' ? { ...both, media, receipt, coupon } : both;
}

/** A file by its address or as it was uploaded, of this type. */
const file = (type: string): s.Check<Side> =>
  s.all<Side>(
    s.object({ url: s.optional(s.url()), attachment_id: s.anything, is_reusable: s.anything }),
    s.exclusive('url', 'attachment_id'),
    (value, { context }) => {
      const { attachment_id: id } = value as JsonObject;
      if (id === undefined) return;
      const upload = context.uploads.get(String(id));
      if (upload === undefined) throw new GraphError(100, { subcode: 2018074 });
      if (upload.kind !== type) throw invalid('The attachment is of another type', 2018047);
    },
  );

function attachmentsOf(platform: Platform): s.Check<Side> {
  const files = ['image', 'video', 'audio', 'file'].map((type) => [type, s.open({ payload: file(type) })] as const);
  const template = s.open({ payload: s.choose('template_type', templatesOf(platform)) });
  const own = { like_heart: s.anything, MEDIA_SHARE: s.open({ payload: s.open({ id: s.text(64) }) }) };
  return s.choose('type', { ...Object.fromEntries(files), template, ...(platform === 'instagram' && own) });
}

function quickRepliesOf(platform: Platform): s.Check {
  const asks = { user_phone_number: s.anything, ...(platform === 'messenger' && { user_email: s.anything }) };
  const reply = s.open({ title: s.text(20), payload: s.text(1000), image_url: s.optional(s.url()) });
  return s.list(s.choose('content_type', { text: reply, ...asks }), 1, 13);
}

/** At most 1000 bytes. */
const shortText: s.Check = (value, { path }) => {
  if (typeof value !== 'string' || value === '') throw new s.Invalid({ kind: 'missing', path });
  if (Buffer.byteLength(value, 'utf8') > 1000) throw invalid('The message is longer than 1000 bytes', 2534015);
};

const saidIn = ({ text: words, attachment, attachments, template }: JsonObject) =>
  [words, attachment, attachments, template].filter((part) => part !== undefined).length;

function messageOf(platform: Platform): s.Check<Side> {
  const isMessenger = platform === 'messenger';
  const attachment = attachmentsOf(platform);
  return s.all<Side>(
    s.object<Side>({
      text: s.optional(isMessenger ? s.text(1999) : shortText),
      ...(isMessenger && { metadata: s.optional(s.text(999)), template: s.anything }),
      quick_replies: s.optional(quickRepliesOf(platform)),
      attachment: s.optional(attachment),
      attachments: s.optional(s.list(attachment, 1, isMessenger ? 1 : 10)),
    }),
    s.rule((message) => saidIn(message) > 0, 'Param message must have a text or an attachment'),
    s.rule((message) => saidIn(message) === 1, 'A message has a text or an attachment, not both'),
    (value) => {
      const { text: words, quick_replies: replies } = value as JsonObject;
      if (replies !== undefined && words === undefined && !isMessenger) {
        throw invalid('Quick replies need a text', 2534015);
      }
    },
  );
}

/** `message` of a send (docs: messenger-platform/reference/send-api, instagram-platform/…/send-messages). */
export const MESSAGES: Record<Platform, s.Check<Side>> = {
  messenger: messageOf('messenger'),
  instagram: messageOf('instagram'),
};
