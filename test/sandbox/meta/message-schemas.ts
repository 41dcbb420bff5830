import {
  all,
  anything,
  choose,
  exclusive,
  list,
  object,
  oneOf,
  open,
  optional,
  rule,
  text,
  url,
  Invalid,
  type Check,
} from '../kit/schema.ts';
import type { JsonObject } from '../kit/json.ts';
import type { Platform } from './customer-world.ts';
import { GraphError, invalid } from './errors.ts';
import type { Side } from './world.ts';

const BUTTONS = {
  web_url: open({ title: text(20), url: url() }),
  postback: open({ title: text(20), payload: text(1000) }),
  phone_number: open({
    title: text(20),
    payload: rule((number) => /^\+\d{5,15}$/.test(String(number)), 'The payload has to be a phone number'),
  }),
  account_link: open({ url: url() }),
  account_unlink: open({}),
};
const { web_url, postback } = BUTTONS;
const BUTTONS_OF: Record<Platform, Check> = {
  messenger: list(choose('type', BUTTONS), 1, 3),
  instagram: list(choose('type', { web_url, postback }), 1, 3),
};

function generic(buttons: Check): Check {
  const link = all(
    open({ type: oneOf('web_url'), url: url() }),
    rule(({ title }) => title === undefined, 'A default action has no title'),
  );
  const element = all(
    object({
      title: text(80),
      subtitle: optional(text(80)),
      image_url: optional(url()),
      default_action: optional(link),
      buttons: optional(buttons),
    }),
    rule((one) => Object.keys(one).length > 1, 'At least one property must be set in addition to title'),
  );
  const own = { template_type: anything, image_aspect_ratio: anything, sharable: anything };
  return object({ elements: list(element, 1, 10), ...own });
}

const buttonTemplate = (buttons: Check): Check =>
  object({ template_type: anything, text: text(640), buttons, sharable: anything });

const media: Check<Side> = object<Side>({
  template_type: anything,
  elements: list(
    all<Side>(
      open({ media_type: oneOf('image', 'video') }),
      exclusive('attachment_id', 'url'),
      (value, { context }) => {
        const { attachment_id: id, media_type: kind } = value as JsonObject;
        if (id === undefined || context.uploads.get(String(id))?.kind === kind) return;
        throw invalid('Unknown attachment', 2018074);
      },
      rule(
        ({ url: link }) => link === undefined || /^https:\/\/([a-z-]+\.)?facebook\.com\//.test(String(link)),
        'The url has to be one of facebook.com',
      ),
      open({ buttons: optional(BUTTONS_OF.messenger) }),
    ),
    1,
    1,
  ),
  sharable: anything,
});

const isNumber = rule((cost) => typeof cost === 'number', "summary['total_cost'] must be a number");
const receipt = open({
  ...{ recipient_name: text(1000), order_number: text(1000), currency: text(1000), payment_method: text(1000) },
  summary: open({ total_cost: isNumber }),
  elements: optional(list(open({}), 0, 100)),
});

const coupon = all(
  open({ title: text(80), coupon_url: optional(url()) }),
  rule(
    ({ coupon_code: code, coupon_url: link }) => code !== undefined || link !== undefined,
    'A coupon_code or a coupon_url is needed',
  ),
);

const product = object({ template_type: anything, elements: list(open({ id: text(512) }), 1, 10) });

function templatesOf(platform: Platform): Record<string, Check<Side>> {
  const buttons = BUTTONS_OF[platform];
  const both = { generic: generic(buttons), button: buttonTemplate(buttons), product };
  return platform === 'messenger' ? { ...both, media, receipt, coupon } : both;
}

/** A file by its address or as it was uploaded, of this type. */
const file = (type: string): Check<Side> =>
  all<Side>(
    object({ url: optional(url()), attachment_id: anything, is_reusable: anything }),
    exclusive('url', 'attachment_id'),
    (value, { context }) => {
      const { attachment_id: id } = value as JsonObject;
      if (id === undefined) return;
      const upload = context.uploads.get(String(id));
      if (upload === undefined) throw new GraphError(100, { subcode: 2018074 });
      if (upload.kind !== type) throw invalid('The attachment is of another type', 2018047);
    },
  );

function attachmentsOf(platform: Platform): Check<Side> {
  const files = ['image', 'video', 'audio', 'file'].map((type) => [type, open({ payload: file(type) })] as const);
  const template = open({ payload: choose('template_type', templatesOf(platform)) });
  const own = { like_heart: anything, MEDIA_SHARE: open({ payload: open({ id: text(64) }) }) };
  return choose('type', { ...Object.fromEntries(files), template, ...(platform === 'instagram' && own) });
}

function quickRepliesOf(platform: Platform): Check {
  const asks = { user_phone_number: anything, ...(platform === 'messenger' && { user_email: anything }) };
  const reply = open({ title: text(20), payload: text(1000), image_url: optional(url()) });
  return list(choose('content_type', { text: reply, ...asks }), 1, 13);
}

/** At most 1000 bytes. */
const shortText: Check = (value, { path }) => {
  if (typeof value !== 'string' || value === '') throw new Invalid({ kind: 'missing', path });
  if (Buffer.byteLength(value, 'utf8') > 1000) throw invalid('The message is longer than 1000 bytes', 2534015);
};

const saidIn = ({ text: words, attachment, attachments, template }: JsonObject) =>
  [words, attachment, attachments, template].filter((part) => part !== undefined).length;

function messageOf(platform: Platform): Check<Side> {
  const isMessenger = platform === 'messenger';
  const attachment = attachmentsOf(platform);
  return all<Side>(
    object<Side>({
      text: optional(isMessenger ? text(1999) : shortText),
      ...(isMessenger && { metadata: optional(text(999)), template: anything }),
      quick_replies: optional(quickRepliesOf(platform)),
      attachment: optional(attachment),
      attachments: optional(list(attachment, 1, isMessenger ? 1 : 10)),
    }),
    rule((message) => saidIn(message) > 0, 'Param message must have a text or an attachment'),
    rule((message) => saidIn(message) === 1, 'A message has a text or an attachment, not both'),
    (value) => {
      const { text: words, quick_replies: replies } = value as JsonObject;
      if (replies !== undefined && words === undefined && !isMessenger) {
        throw invalid('Quick replies need a text', 2534015);
      }
    },
  );
}

/** `message` of a send (docs: messenger-platform/reference/send-api, instagram-platform/…/send-messages). */
export const MESSAGES: Record<Platform, Check<Side>> = {
  messenger: messageOf('messenger'),
  instagram: messageOf('instagram'),
};
