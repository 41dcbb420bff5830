/** Whatever is long or many in the templates that a provider lists costs no more than its length. */
import fc from 'fast-check';
import { dialog360 } from '../../service/src/channels/dialog360/index.ts';
import { messenger } from '../../service/src/channels/messenger/index.ts';
import { twilioSms, twilioWhatsApp } from '../../service/src/channels/twilio/index.ts';
import { whatsapp } from '../../service/src/channels/whatsapp/index.ts';
import type { Channel } from '../../service/src/channels/channel.ts';
import { has } from '../../service/src/channels/channel.ts';
import { alwaysAnswering, json } from '../conformance/fake-io.ts';
import { lengthened, longText, multiplied } from '../conformance/grown.ts';
import { expectLinear } from '../support/linear.ts';
import { CREDENTIAL as DIALOG360 } from './dialog360/support.ts';
import { CREDENTIAL as MESSENGER } from './messenger/support.ts';
import { CREDENTIAL as TWILIO, SMS_CREDENTIAL } from './twilio/support.ts';
import { CREDENTIAL as WHATSAPP } from './whatsapp/support.ts';

const COMPONENTS = [
  {
    type: 'HEADER',
    format: 'TEXT',
    text: 'Hi {{who}}',
    example: { header_text_named_params: [{ param_name: 'who', example: 'Ana' }] },
  },
  { type: 'BODY', text: 'For {{1}} and {{2}}', example: { body_text: [['one', 'two']] } },
  { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Go', url: 'https://example.com/{{1}}', example: ['a'] }] },
  {
    type: 'CAROUSEL',
    cards: [{ components: [{ type: 'BODY', text: 'Card {{1}}', example: { body_text: [['x']] } }] }],
  },
];
/** A template for each component, which stands first. */
const META = COMPONENTS.map((component) => ({
  ...{ id: '1', name: 'greeting', status: 'APPROVED', category: 'UTILITY', language: 'en' },
  components: [component],
}));
const CONTENT = {
  sid: `HX${'a'.repeat(32)}`,
  ...{
    friendly_name: 'greeting',
    language: 'en',
    variables: { 1: 'Ana', 2: 'Ben' },
    approval_requests: { status: 'approved' },
  },
  types: { 'twilio/text': { body: 'Hi {{1}} and {{2}}' } },
};
const paging = { cursors: { after: 'a' }, next: 'https://example.com/next' };
const graph = META.map((template) => ({ data: [template], paging }));
const contents = [{ contents: [CONTENT], meta: { next_page_url: 'https://example.com/?Page=1&PageToken=t' } }];

const CHANNELS: Record<string, [Channel<never>, object, object[]]> = {
  whatsapp: [whatsapp as Channel<never>, { ...WHATSAPP, wabaId: '1' }, graph],
  messenger: [messenger as Channel<never>, MESSENGER, graph],
  dialog360: [
    dialog360 as Channel<never>,
    DIALOG360,
    META.map((template) => ({ waba_templates: [template], total: 1 })),
  ],
  twilio_sms: [twilioSms as Channel<never>, SMS_CREDENTIAL, contents],
  twilio_whatsapp: [twilioWhatsApp as Channel<never>, TWILIO, contents],
};

describe.each(Object.entries(CHANNELS))('%s', (_name, [channel, given, samples]) => {
  const settings = channel.settings.parse(given);
  const list = (answer: unknown) =>
    expectLinear(answer, async () => {
      if (!has(channel, 'templates')) throw new Error('It has no templates');
      // As many as they are, whatever is asked for.
      return channel.templates.list({ limit: 1_000_000 }, settings, alwaysAnswering(json(200, answer)).io);
    });
  const several = samples.flatMap((sample, index) =>
    multiplied(sample).map((one) => [one.name, index, one.grown] as const),
  );

  test.each(several)('with many %s of template %i', (_what, _index, answer) => list(answer));

  test('with a long text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), longText, fc.nat(), (sample, text, index) =>
        list(lengthened(sample, text, index)),
      ),
      { numRuns: 25 },
    );
  });
});
