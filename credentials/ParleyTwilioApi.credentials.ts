import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';
import { baseUrlOr } from './base-url.ts';
import { stopWords } from './stop-words.ts';
import { defaultCountry } from './default-country.ts';

/** One Twilio sender, for SMS and MMS or for WhatsApp. The names of the properties are the names of the account's settings. */
export class ParleyTwilioApi implements ICredentialType {
  name = 'parleyTwilioApi';

  displayName = 'Twilio Messaging API';

  icon: Icon = { light: 'file:twilio.svg', dark: 'file:twilio.dark.svg' };

  documentationUrl = 'https://www.twilio.com/docs/messaging';

  properties: INodeProperties[] = [
    {
      displayName: 'Account SID',
      name: 'accountSid',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. AC0123456789abcdef0123456789abcdef',
      description: "On the start page of the Twilio Console, under 'Account Info'. Of a subaccount: its own.",
    },
    {
      displayName: 'Auth Token',
      name: 'authToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        "On the start page of the Twilio Console, under 'Account Info'. Every incoming webhook is checked with it: without it no incoming messages and no delivery statuses, also when there is an API key. While you rotate it, give both, separated by a comma, the primary one first.",
    },
    {
      displayName: 'From',
      name: 'from',
      type: 'string',
      default: '',
      placeholder: 'e.g. +15550002222',
      description:
        "The sender: a number with its country code, a short code, or a name of up to 11 letters; for WhatsApp the sender's number, e.g. whatsapp:+14155238886. SMS may leave it empty and have a Messaging Service instead.",
    },
    {
      displayName: 'Messaging Service SID',
      name: 'messagingServiceSid',
      type: 'string',
      default: '',
      placeholder: 'e.g. MG0123456789abcdef0123456789abcdef',
      description:
        "In the Twilio Console: Messaging → Services. Instead of 'From' (the service chooses the number) or beside it. Needed to send at a set time.",
    },
    {
      displayName: 'API Key SID',
      name: 'apiKeySid',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      placeholder: 'e.g. SK0123456789abcdef0123456789abcdef',
      description:
        'In the Twilio Console: Account → API keys & tokens. Used for calls instead of the auth token, which stays needed for webhooks.',
    },
    {
      displayName: 'API Key Secret',
      name: 'apiKeySecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description: 'Shown once, when the API key is made',
    },
    defaultCountry,
    stopWords,
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: '',
      placeholder: 'e.g. http://127.0.0.1:4012',
      description: "Give it only to put a test server in the place of all of Twilio's hosts",
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: {
      auth: {
        username: '={{$credentials.apiKeySid || $credentials.accountSid}}',
        password:
          '={{$credentials.apiKeySid ? $credentials.apiKeySecret : $credentials.authToken.trim().split(/[\\s,]+/)[0]}}',
      },
    },
  };

  test: ICredentialTestRequest = {
    request: {
      baseURL: `={{${baseUrlOr('"https://api.twilio.com"')}}}`,
      url: '=/2010-04-01/Accounts/{{$credentials.accountSid}}/Messages.json',
      method: 'GET',
      qs: { PageSize: 1 },
    },
    rules: [
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message: "Twilio does not accept these: check 'Account SID' and 'Auth Token', or the API key and its secret.",
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 404,
          message: "Twilio does not know this account. Check 'Account SID': it starts with AC.",
        },
      },
    ],
  };
}
