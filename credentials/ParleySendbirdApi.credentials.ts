import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';
import { baseUrlOr } from './base-url.ts';
import { stopWords } from './stop-words.ts';

/** One sender of a Sendbird application. The names of the properties are the names of the account's settings. */
export class ParleySendbirdApi implements ICredentialType {
  name = 'parleySendbirdApi';

  displayName = 'Sendbird API';

  icon: Icon = { light: 'file:sendbird.svg', dark: 'file:sendbird.dark.svg' };

  documentationUrl = 'https://sendbird.com/docs/chat/platform-api/v3/overview';

  properties: INodeProperties[] = [
    {
      displayName: 'Application ID',
      name: 'applicationId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. A1B2C3D4-0000-1111-2222-333344445555',
      description: "In Sendbird's dashboard: Settings → Application → General. Upper and lower case count.",
    },
    {
      displayName: 'API Token',
      name: 'apiToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        "In Sendbird's dashboard: Settings → Application → General → API tokens. The master token, or better a secondary one, which can be revoked.",
    },
    {
      displayName: 'Webhook Token',
      name: 'webhookToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        'The master API token: Sendbird signs webhooks with it, also where a secondary one makes the calls. Without it no incoming messages. While it changes, give both, separated by a comma, the current one first.',
    },
    {
      displayName: 'Sender ID',
      name: 'senderId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. support-assistant',
      description: 'The ID of the user or bot that writes for you. It has to be a member of the channels it writes in.',
    },
    {
      displayName: 'Sender Type',
      name: 'senderType',
      type: 'options',
      options: [
        {
          name: 'Bot',
          value: 'bot',
          description: 'Made by the bot API: choices are offered as suggested replies, which UIKit shows',
        },
        { name: 'User', value: 'user', description: 'A user like any other' },
      ],
      default: 'user',
      description: 'What the sender is',
    },
    {
      displayName: 'Staff User IDs',
      name: 'staffIds',
      type: 'string',
      default: '',
      placeholder: 'e.g. agent-7, agent-8',
      description:
        "Users who write for you beside the sender, such as agents, separated by commas. What they say starts no workflow as a customer's message.",
    },
    {
      displayName: 'App Draws Contents',
      name: 'drawsContent',
      type: 'boolean',
      default: false,
      description:
        "Whether your app shows buttons, lists, times and forms that Parley puts into the message's data. Off, they go out as a text with numbered choices.",
    },
    {
      displayName: 'Messages per Second',
      name: 'perSecond',
      type: 'number',
      typeOptions: { minValue: 1, maxValue: 1000 },
      default: 100,
      description:
        "What your plan's rate limit allows for sending, for all senders of the application together (Sendbird → Rate limits)",
    },
    stopWords,
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: '',
      placeholder: 'e.g. http://127.0.0.1:4014',
      description: "Give it only to put a test server in the place of the application's host",
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { 'Api-Token': '={{$credentials.apiToken}}' } },
  };

  test: ICredentialTestRequest = {
    request: {
      baseURL: `={{${baseUrlOr('"https://api-" + $credentials.applicationId.trim().toLowerCase() + ".sendbird.com"')}}}`,
      url: '/v3/group_channels',
      method: 'GET',
      qs: { limit: 1 },
    },
    rules: [
      {
        type: 'responseCode',
        properties: {
          value: 400,
          message: "Sendbird does not accept these: check 'Application ID' and 'API Token'.",
        },
      },
    ],
  };
}
