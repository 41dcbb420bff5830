/** One text as each provider posts it, and what its API answers to a text of ours. A channel without a sample is shown as such. */
import type { HttpResponse } from '../service/src/core/http.ts';

export interface ChannelSample {
  /** As a credential gives them. */
  settings: Record<string, unknown>;
  /** A recipient, as a workflow writes one. */
  to: string;
  /** The thread to write in, where there has to be one. */
  thread?: string;
  /** The body of a webhook that tells of one message. */
  webhook: Buffer;
  /** Members of the body, when it is a form. */
  isForm?: true;
  /** The provider's answer to a send. */
  answer: HttpResponse;
}

export const TEXT = 'Hello, is order 4711 on its way already? It was to arrive yesterday.';
const AT = 1_750_000_000_000;
const SECRET = '0123456789abcdef0123456789abcdef';
const PERSON = '491700000001';
const APP = { appSecret: SECRET, verifyToken: 'a-token-of-our-choice' };

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const form = (members: Record<string, string>) => Buffer.from(new URLSearchParams(members).toString());
const answering = (body: unknown, status = 200): HttpResponse => ({ status, headers: {}, body });

const CLOUD_WEBHOOK = json({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '102290129340398',
      changes: [
        {
          field: 'messages',
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '4930901820', phone_number_id: '106540352242922' },
            contacts: [{ profile: { name: 'Ana' }, wa_id: PERSON, user_id: 'DE.13491' }],
            messages: [
              {
                from: PERSON,
                from_user_id: 'DE.13491',
                id: 'wamid.HBgMNDkxNzAwMDAwMDAwFQIAEhggAA==',
                timestamp: String(AT / 1_000),
                text: { body: TEXT },
                type: 'text',
              },
            ],
          },
        },
      ],
    },
  ],
});
const CLOUD_ANSWER = answering({
  messaging_product: 'whatsapp',
  contacts: [{ input: `+${PERSON}`, wa_id: PERSON }],
  messages: [{ id: 'wamid.HBgMNDkxNzAwMDAwMDAwFQIAERgS' }],
});

const messaging = (object: string, business: string) =>
  json({
    object,
    entry: [
      {
        id: business,
        time: AT + 5,
        messaging: [
          {
            sender: { id: '5678' },
            recipient: { id: business },
            timestamp: AT,
            message: { mid: 'm_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwl', text: TEXT },
          },
        ],
      },
    ],
  });
const MESSAGING_ANSWER = answering({ recipient_id: '5678', message_id: 'm_AG5Hz2Uq7tuwNEhXfYYKj8mJEM' });

const TWILIO_ACCOUNT = 'AC00000000000000000000000000000001';
const TWILIO = { accountSid: TWILIO_ACCOUNT, authToken: SECRET };
const twilio = (prefix: '' | 'whatsapp:', more: Record<string, string>): ChannelSample => ({
  settings: { ...TWILIO, from: '+4930901820' },
  to: `+${PERSON}`,
  webhook: form({
    ...{ MessageSid: 'SM00000000000000000000000000000001', SmsSid: 'SM00000000000000000000000000000001' },
    ...{ AccountSid: TWILIO_ACCOUNT, From: `${prefix}+${PERSON}`, To: `${prefix}+4930901820`, Body: TEXT },
    ...{ NumMedia: '0', NumSegments: '1', SmsStatus: 'received', ApiVersion: '2010-04-01', ...more },
  }),
  isForm: true,
  answer: answering({ sid: 'SM00000000000000000000000000000002', status: 'queued', error_code: null }, 201),
});

const APPLICATION = 'AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE';
const MEMBERS = [
  { user_id: '5678', nickname: 'Ana', state: 'joined', is_active: true, unread_message_count: 0, metadata: {} },
  { user_id: 'assistant', nickname: 'Assistant', state: 'joined', is_active: true, unread_message_count: 1 },
];
const CHAT_WEBHOOK = json({
  ...{
    category: 'group_channel:message_send',
    app_id: APPLICATION,
    silent: false,
    custom_type: '',
    mention_type: 'users',
  },
  sender: { user_id: '5678', nickname: 'Ana', profile_url: '', metadata: {} },
  ...{ mentioned_users: [], members: MEMBERS, type: 'MESG', sdk: 'iOS' },
  payload: { message_id: 238303376, custom_type: '', message: TEXT, translations: {}, created_at: AT, data: '' },
  channel: { name: 'Support', channel_url: 'support_42', custom_type: 'support', is_super: false, data: '' },
});

const APP_ID = '5ebee0975ac5304b664a12fa';
const AGGREGATED_WEBHOOK = json({
  ...{ app: { id: APP_ID }, webhook: { id: '5f4eaef81e3dcc117c7ba48a', version: 'v2' } },
  events: [
    {
      ...{ id: '5f74a0d52b5315fc007e798a', createdAt: '2026-02-03T18:00:56.834Z', type: 'conversation:message' },
      payload: {
        conversation: { id: 'f52b01137aa6c250bc7251fa', type: 'personal' },
        message: {
          ...{ id: '5f74c7d84a146f3abd72af1d', received: '2026-02-03T18:00:56.820Z' },
          author: {
            type: 'user',
            userId: '26508c10541a4b0ff472e5e2',
            displayName: 'Ana',
            user: { id: '26508c1', authenticated: true },
          },
          content: { type: 'text', text: TEXT },
          source: { type: 'whatsapp', integrationId: '5ec69c6e12dda33be985cb1a', originalMessageId: 'wamid.X' },
        },
        recentNotifications: [],
      },
    },
  ],
});

const INBOX_WEBHOOK = json({
  ...{ id: '50df05692c64ac7799f09a98', domain_id: '48cc6703bdae1462ce06a555' },
  events: [
    {
      ...{ type: 'content.imported', id: '5950328914bf8a22305f446a', issued_at: '2026-06-25T22:00:41.339Z' },
      resource: {
        ...{ type: 'engage_messaging/message', id: '5950328814bf8abf7f79e3cb' },
        metadata: {
          ...{ author_id: '536cbd9e7aa58d58f3000050', body: TEXT, creator_id: null, created_from: 'synchronizer' },
          ...{
            source_id: '4f97fbea7aa58d073900344f',
            source_type: 'engage_messaging',
            thread_id: '541014e17aa58d8ccf000024',
          },
          ...{ has_attachment: false, in_reply_to_id: null, language: 'en', private: true, status: 'assigned' },
          ...{
            capabilities_supported: ['select', 'rich_link', 'template', 'carousel'],
            category_ids: [],
            first_in_thread: true,
          },
        },
      },
    },
  ],
});

/** By the channel's id. */
export const samples: Readonly<Record<string, ChannelSample>> = {
  whatsapp: {
    settings: { accessToken: 'EAAtoken', phoneNumberId: '106540352242922', wabaId: '102290129340398', ...APP },
    to: `+${PERSON}`,
    webhook: CLOUD_WEBHOOK,
    answer: CLOUD_ANSWER,
  },
  dialog360: {
    settings: {
      ...{ apiKey: 'd360-key-of-the-number', phoneNumberId: '106540352242922', phoneNumber: '+4930901820' },
      ...{ webhookHeader: 'Authorization', webhookSecret: 'Bearer a-long-random-value' },
    },
    to: `+${PERSON}`,
    webhook: CLOUD_WEBHOOK,
    answer: CLOUD_ANSWER,
  },
  messenger: {
    settings: { pageId: '1234567890', pageAccessToken: 'EAAtoken', ...APP },
    to: '5678',
    webhook: messaging('page', '1234567890'),
    answer: MESSAGING_ANSWER,
  },
  instagram: {
    settings: { loginType: 'facebook', igUserId: '17841400000000000', pageId: '1', accessToken: 'EAAtoken', ...APP },
    to: '5678',
    webhook: messaging('instagram', '17841400000000000'),
    answer: MESSAGING_ANSWER,
  },
  twilio_sms: twilio('', { FromCountry: 'DE', ToCountry: 'DE', SmsMessageSid: 'SM00000000000000000000000000000001' }),
  sendbird: {
    settings: { applicationId: APPLICATION, apiToken: SECRET, webhookToken: SECRET, senderId: 'assistant' },
    ...{ to: '5678', thread: 'support_42', webhook: CHAT_WEBHOOK },
    answer: answering({ message_id: 238303399, type: 'MESG', channel_url: 'support_42', created_at: AT }),
  },
  sunshine: {
    settings: {
      appId: APP_ID,
      keyId: 'app_5f00112233445566778899aa',
      secret: SECRET,
      webhookSecret: SECRET,
      region: 'eu',
    },
    ...{ to: '26508c10541a4b0ff472e5e2', thread: 'f52b01137aa6c250bc7251fa', webhook: AGGREGATED_WEBHOOK },
    answer: answering({ messages: [{ id: '5f74c7d84a146f3abd72af20', received: '2026-02-03T18:00:57.000Z' }] }, 201),
  },
  ringcentral: {
    settings: { domain: 'shop', accessToken: SECRET, webhookSecret: SECRET, sourceId: '4f97fbea7aa58d073900344f' },
    ...{ to: `+${PERSON}`, webhook: INBOX_WEBHOOK },
    answer: answering({ id: '50df05692c64ac7799f09a99', created_at: '2026-06-25T22:00:45.000Z' }),
  },
  twilio_whatsapp: twilio('whatsapp:', { ProfileName: 'Ana', WaId: PERSON, MessageType: 'text' }),
};
