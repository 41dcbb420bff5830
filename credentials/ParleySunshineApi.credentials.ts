import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';
import { baseUrlOr } from './base-url.ts';
import { stopWords } from './stop-words.ts';

/** One app of Sunshine Conversations, and one of its integrations or all. The names of the properties are the names of the account's settings. */
export class ParleySunshineApi implements ICredentialType {
  name = 'parleySunshineApi';

  displayName = 'Sunshine Conversations API';

  icon: Icon = { light: 'file:sunshine.svg', dark: 'file:sunshine.dark.svg' };

  documentationUrl = 'https://developer.zendesk.com/documentation/conversations/';

  properties: INodeProperties[] = [
    {
      displayName: 'App ID',
      name: 'appId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 5ebee0975ac5304b664a12fa',
      description: "In Zendesk's Admin Center: Apps and integrations → Conversations API. 24 letters and digits.",
    },
    {
      displayName: 'Key ID',
      name: 'keyId',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      placeholder: 'e.g. app_5f00112233445566778899aa',
      description:
        "In Zendesk's Admin Center: Apps and integrations → Conversations API → Create API key. It begins with app_.",
    },
    {
      displayName: 'Secret',
      name: 'secret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description: 'Shown once, when the API key is made',
    },
    {
      displayName: 'Subdomain',
      name: 'subdomain',
      type: 'string',
      default: '',
      placeholder: 'e.g. mycompany',
      description:
        'The part before .zendesk.com of your account. Leave it empty for an app that is in no Zendesk account, and choose its region.',
    },
    {
      displayName: 'Region',
      name: 'region',
      type: 'options',
      options: [
        { name: 'Europe', value: 'eu' },
        { name: 'United States', value: 'us' },
      ],
      default: 'us',
      description: "Where an app is that has no subdomain of Zendesk's (legacy Sunshine Conversations)",
    },
    {
      displayName: 'Integration ID',
      name: 'integrationId',
      type: 'string',
      default: '',
      placeholder: 'e.g. 5ec69c6e12dda33be985cb1a',
      description:
        'The integration of one channel, whose people this account talks with. Leave it empty to hear those of all that no other account has.',
    },
    {
      displayName: 'Switchboard Name',
      name: 'switchboardName',
      type: 'string',
      default: '',
      placeholder: 'e.g. parley-bot',
      description:
        "The name of this bot in the switchboard. What another integration has is then left to it. Leave it empty when only Zendesk's agents take over.",
    },
    {
      displayName: 'Webhook Secret',
      name: 'webhookSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        'Leave it empty: Parley makes the webhook and learns its secret. Give it only for a webhook that you made by hand.',
    },
    {
      displayName: 'Template Namespace',
      name: 'templateNamespace',
      type: 'string',
      default: '',
      description: "The namespace of the WhatsApp account's templates, where it still has one",
    },
    stopWords,
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: '',
      placeholder: 'e.g. http://127.0.0.1:4015',
      description: "Give it only to put a test server in the place of Sunshine's hosts",
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { auth: { username: '={{$credentials.keyId}}', password: '={{$credentials.secret}}' } },
  };

  test: ICredentialTestRequest = {
    request: {
      baseURL: `={{${baseUrlOr('($credentials.subdomain.trim() ? "https://" + $credentials.subdomain.trim().toLowerCase() + ".zendesk.com/sc" : $credentials.region === "eu" ? "https://api.eu-1.smooch.io" : "https://api.smooch.io")')}}}`,
      url: '=/v2/apps/{{$credentials.appId.trim()}}/integrations',
      method: 'GET',
      qs: { 'page[size]': 1 },
    },
    rules: [
      {
        type: 'responseCode',
        properties: { value: 401, message: "Sunshine does not accept these: check 'Key ID' and 'Secret'." },
      },
      {
        type: 'responseCode',
        properties: {
          value: 404,
          message: "Sunshine does not know this app: check 'App ID', 'Subdomain' and 'Region'.",
        },
      },
    ],
  };
}
