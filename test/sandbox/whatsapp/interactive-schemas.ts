import {
  all,
  anything,
  choose,
  exactly,
  exclusive,
  list,
  named,
  number,
  object,
  oneOf,
  open,
  optional,
  rule,
  text,
  unique,
  url,
  type Check,
} from '../kit/schema.ts';
import { type JsonObject } from '../kit/json.ts';
import { CARDS, ORDER_DETAILS, ORDER_STATUS, PRODUCT, PRODUCTS, sections } from './commerce-schemas.ts';
import { invalid } from './errors.ts';
import { source } from './message-schemas.ts';
import type { World } from './world.ts';

type HeaderKind = 'text' | 'image' | 'video' | 'document';
const ANY_HEADER: HeaderKind[] = ['text', 'image', 'video', 'document'];

/** What a kind of interactive message has around its action. */
interface Shell {
  header?: HeaderKind[];
  isHeaderRequired?: boolean;
  /** Longest text; 1024 unless told. */
  body?: number;
  isBodyOptional?: boolean;
  hasNoFooter?: boolean;
  action: Check<World>;
}

function header(kinds: HeaderKind[]): Check<World> {
  const contents: Record<string, Check<World>> = {
    text: open({ text: text(60) }),
    image: open({ image: source('image') }),
    video: open({ video: source('video') }),
    document: open({ document: source('document') }),
  };
  return all(open<World>({ type: text(20) }), (value, at) => {
    const kind = String((value as JsonObject)['type']) as HeaderKind;
    if (!kinds.includes(kind)) throw invalid(`Header type ${kind} is not supported for this interactive type.`);
    contents[kind]?.(value, at);
  });
}

const noFooter: Check = () => {
  throw invalid('Footer is not supported for this interactive type.');
};

function kind(shell: Shell): Check<World> {
  const { header: kinds = [], body: longest = 1024, action } = shell;
  const [top, body] = [header(kinds), open({ text: text(longest) })];
  return open<World>({
    header: shell.isHeaderRequired ? top : optional(top),
    body: shell.isBodyOptional ? optional(body) : body,
    footer: optional(shell.hasNoFooter ? noFooter : open({ text: text(60) })),
    action,
  });
}

interface Button {
  reply: JsonObject;
}
const buttons = all(
  list(open({ type: oneOf('reply'), reply: open({ id: text(256), title: named('Button title', text(20)) }) }), 1, 3),
  unique((all: Button[]) => all.map(({ reply }) => reply['id']), 'reply', 'id'),
  unique((all: Button[]) => all.map(({ reply }) => reply['title']), 'Button title'),
);

interface Section {
  rows: JsonObject[];
}
const row = open({ id: text(200), title: text(24), description: optional(text(72)) });
const rows = all(
  sections({ rows: list(row, 1, 10) }),
  rule((all: Section[]) => all.flatMap((one) => one.rows).length <= 10, 'Total row count exceed max allowed count: 10'),
  unique((all: Section[]) => all.flatMap((one) => one.rows.map(({ id }) => id)), 'rows', 'id'),
);

const flow = all(
  open({}),
  rule(({ flow_message_version: version }) => String(version) === '3', "parameters['flow_message_version'] must be 3."),
  exclusive('flow_id', 'flow_name'),
  open({
    flow_cta: all(
      text(30),
      rule((cta: string) => !/\p{Extended_Pictographic}/u.test(cta), "parameters['flow_cta'] must not contain emoji."),
    ),
    flow_token: optional(text(1024)),
    flow_action: optional(oneOf('navigate', 'data_exchange')),
    mode: optional(oneOf('draft', 'published')),
  }),
  (value, at) => {
    const { flow_action: action = 'navigate' } = value as JsonObject;
    if (action === 'navigate') open({ flow_action_payload: optional(open({ screen: text(256) })) })(value, at);
  },
);

const call = open({
  display_text: optional(text(20)),
  payload: optional(text(512)),
  ttl_minutes: optional(number(1, 43_200)),
});

/** An action that is called by its name. */
const called = (name: string, parameters: Check<World> = anything): Check<World> =>
  open({ name: exactly(name), parameters });

const KINDS: Record<string, Check<World>> = {
  button: kind({ header: ANY_HEADER, action: object({ buttons: named('buttons', buttons) }) }),
  list: kind({
    ...{ header: ['text'], body: 4096 },
    action: object({ button: text(20), sections: named('sections', rows) }),
  }),
  cta_url: kind({ header: ANY_HEADER, action: called('cta_url', open({ display_text: text(20), url: url() })) }),
  location_request_message: kind({ hasNoFooter: true, action: called('send_location') }),
  address_message: kind({
    header: ANY_HEADER,
    action: called(
      'address_message',
      open({
        country: all(
          text(2),
          rule((country: string) => country === 'IN', 'Address messages are available in India only.'),
        ),
      }),
    ),
  }),
  request_contact_info: kind({ action: called('request_contact_info') }),
  flow: kind({ header: ANY_HEADER, action: called('flow', flow) }),
  product: kind({ isBodyOptional: true, action: PRODUCT }),
  product_list: kind({
    ...{ header: ['text'], isHeaderRequired: true },
    action: open({
      catalog_id: text(100),
      sections: named('sections', PRODUCTS),
    }),
  }),
  catalog_message: kind({
    action: called('catalog_message', optional(open({ thumbnail_product_retailer_id: text(100) }))),
  }),
  carousel: kind({ hasNoFooter: true, action: open({ cards: named('cards', CARDS) }) }),
  voice_call: kind({ header: ANY_HEADER, action: called('voice_call', optional(call)) }),
  call_permission_request: kind({ isBodyOptional: true, action: called('call_permission_request') }),
  order_details: kind({ header: ['image', 'document', 'video'], action: ORDER_DETAILS }),
  order_status: kind({ action: ORDER_STATUS }),
};

/** An `interactive` object: shell and action (docs: messages/interactive-*). */
export const INTERACTIVE: Check<World> = all(
  object({ type: anything, header: anything, body: anything, footer: anything, action: anything }),
  choose('type', KINDS),
);
