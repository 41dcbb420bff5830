import * as s from '../kit/schema.ts';
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
  action: s.Check<World>;
}

function header(kinds: HeaderKind[]): s.Check<World> {
  const contents: Record<string, s.Check<World>> = {
    text: s.open({ text: s.text(60) }),
    image: s.open({ image: source('image') }),
    video: s.open({ video: source('video') }),
    document: s.open({ document: source('document') }),
  };
  return s.all(s.open<World>({ type: s.text(20) }), (value, at) => {
    const kind = String((value as JsonObject)['type']) as HeaderKind;
    if (!kinds.includes(kind)) throw invalid(`Header type ${kind} is not supported for this interactive type.`);
    contents[kind]?.(value, at);
  });
}

const noFooter: s.Check = () => {
  throw invalid('Footer is not supported for this interactive type.');
};

function kind(shell: Shell): s.Check<World> {
  const { header: kinds = [], body: longest = 1024, action } = shell;
  const [top, body] = [header(kinds), s.open({ text: s.text(longest) })];
  return s.open<World>({
    header: shell.isHeaderRequired ? top : s.optional(top),
    body: shell.isBodyOptional ? s.optional(body) : body,
    footer: s.optional(shell.hasNoFooter ? noFooter : s.open({ text: s.text(60) })),
    action,
  });
}

interface Button {
  reply: JsonObject;
}
const buttons = s.all(
  s.list(
    s.open({ type: s.oneOf('reply'), reply: s.open({ id: s.text(256), title: s.named('Button title', s.text(20)) }) }),
    1,
    3,
  ),
  s.unique((all: Button[]) => all.map(({ reply }) => reply['id']), 'reply', 'id'),
  s.unique((all: Button[]) => all.map(({ reply }) => reply['title']), 'Button title'),
);

interface Section {
  rows: JsonObject[];
}
const row = s.open({ id: s.text(200), title: s.text(24), description: s.optional(s.text(72)) });
const rows = s.all(
  sections({ rows: s.list(row, 1, 10) }),
  s.rule(
    (all: Section[]) => all.flatMap((one) => one.rows).length <= 10,
    'Total row count exceed max allowed count: 10',
  ),
  s.unique((all: Section[]) => all.flatMap((one) => one.rows.map(({ id }) => id)), 'rows', 'id'),
);

const flow = s.all(
  s.open({}),
  s.rule(
    ({ flow_message_version: version }) => String(version) === '3',
    "parameters['flow_message_version'] must be 3.",
  ),
  s.exclusive('flow_id', 'flow_name'),
  s.open({
    flow_cta: s.all(
      s.text(30),
      s.rule(
        (cta: string) => !/\p{Extended_Pictographic}/u.test(cta),
        "parameters['flow_cta'] must not contain emoji.",
      ),
    ),
    flow_token: s.optional(s.text(1024)),
    flow_action: s.optional(s.oneOf('navigate', 'data_exchange')),
    mode: s.optional(s.oneOf('draft', 'published')),
  }),
  (value, at) => {
    const { flow_action: action = 'navigate' } = value as JsonObject;
    if (action === 'navigate') s.open({ flow_action_payload: s.optional(s.open({ screen: s.text(256) })) })(value, at);
  },
);

const call = s.open({
  display_text: s.optional(s.text(20)),
  payload: s.optional(s.text(512)),
  ttl_minutes: s.optional(s.number(1, 43_200)),
});

/** An action that is called by its name. */
const called = (name: string, parameters: s.Check<World> = s.anything): s.Check<World> =>
  s.open({ name: s.exactly(name), parameters });

const KINDS: Record<string, s.Check<World>> = {
  button: kind({ header: ANY_HEADER, action: s.object({ buttons: s.named('buttons', buttons) }) }),
  list: kind({
    ...{ header: ['text'], body: 4096 },
    action: s.object({ button: s.text(20), sections: s.named('sections', rows) }),
  }),
  cta_url: kind({ header: ANY_HEADER, action: called('cta_url', s.open({ display_text: s.text(20), url: s.url() })) }),
  location_request_message: kind({ hasNoFooter: true, action: called('send_location') }),
  address_message: kind({
    header: ANY_HEADER,
    action: called(
      'address_message',
      s.open({
        country: s.all(
          s.text(2),
          s.rule((country: string) => country === 'IN', 'Address messages are available in India only.'),
        ),
      }),
    ),
  }),
  request_contact_info: kind({ action: called('request_contact_info') }),
  flow: kind({ header: ANY_HEADER, action: called('flow', flow) }),
  product: kind({ isBodyOptional: true, action: PRODUCT }),
  product_list: kind({
    ...{ header: ['text'], isHeaderRequired: true },
    action: s.open({
      catalog_id: s.text(100),
      sections: s.named('sections', PRODUCTS),
    }),
  }),
  catalog_message: kind({
    action: called('catalog_message', s.optional(s.open({ thumbnail_product_retailer_id: s.text(100) }))),
  }),
  carousel: kind({ hasNoFooter: true, action: s.open({ cards: s.named('cards', CARDS) }) }),
  voice_call: kind({ header: ANY_HEADER, action: called('voice_call', s.optional(call)) }),
  call_permission_request: kind({ isBodyOptional: true, action: called('call_permission_request') }),
  order_details: kind({ header: ['image', 'document', 'video'], action: ORDER_DETAILS }),
  order_status: kind({ action: ORDER_STATUS }),
};

/** An `interactive` object: shell and action (docs: messages/interactive-*). */
export const INTERACTIVE: s.Check<World> = s.all(
  s.object({ type: s.anything, header: s.anything, body: s.anything, footer: s.anything, action: s.anything }),
  s.choose('type', KINDS),
);
