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

const HOST = 'https://waba-v2.360dialog.io';

/** One WhatsApp number at 360dialog. The names of the properties are the names of the account's settings. */
export class Dialog360Api implements ICredentialType {
  name = 'dialog360Api';

  displayName = '360dialog API';

  icon: Icon = { light: 'file:dialog360.svg', dark: 'file:dialog360.dark.svg' };

  documentationUrl = 'https://docs.360dialog.com/docs/get-started';

  properties: INodeProperties[] = [
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        "The key of this one number. In the 360dialog Hub: the number → 'Generate API key'. It is shown once, and a new one ends the old.",
    },
    {
      displayName: 'Phone Number ID',
      name: 'phoneNumberId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 106540352242922',
      description:
        "Meta's ID of the number, not the number itself: webhooks name the number by it. In the 360dialog Hub with the number's details, or in Meta's WhatsApp Manager → Phone numbers.",
    },
    {
      displayName: 'Phone Number',
      name: 'phoneNumber',
      type: 'string',
      default: '',
      placeholder: 'e.g. +4915112345678',
      description: 'The number itself, to tell credentials apart',
    },
    {
      displayName: 'WhatsApp Business Account ID',
      name: 'wabaId',
      type: 'string',
      default: '',
      placeholder: 'e.g. 102290129340398',
      description:
        'In the 360dialog Hub with the WhatsApp account. Only needed when several numbers of it are connected, so that account events reach the right ones.',
    },
    defaultCountry,
    {
      displayName: 'Webhook Secret',
      name: 'webhookSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        'May be left empty: Parley then makes one when it sets the webhook. Or a long random text of your own choice, at least 16 characters. Parley tells it to 360dialog, which sends it with every webhook.',
    },
    {
      displayName: 'Webhook Secret Header',
      name: 'webhookHeader',
      type: 'options',
      options: [
        { name: 'Authorization', value: 'authorization' },
        { name: 'X-Parley-Webhook-Secret', value: 'x-parley-webhook-secret' },
      ],
      default: 'x-parley-webhook-secret',
      description: "The header that brings the webhook secret. 'Authorization' may be used up by a proxy on the way.",
    },
    {
      displayName: 'Platform Secret',
      name: 'platformSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        "For 360dialog partners: the secret that webhooks are signed with ('x-360dialog-signature'). When it is set, a webhook without a signature is refused. While you rotate it, give both, separated by a comma.",
    },
    stopWords,
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: HOST,
      placeholder: 'e.g. https://waba-sandbox.360dialog.io',
      description: "Change it only for 360dialog's sandbox or a test server",
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { 'D360-API-KEY': '={{$credentials.apiKey}}' } },
  };

  test: ICredentialTestRequest = {
    request: { baseURL: `={{${baseUrlOr(`"${HOST}"`)}}}`, url: '/health_status', method: 'GET' },
    rules: [
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message: '360dialog does not accept the API key: it is wrong, or a new one was generated since.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 400,
          message: "360dialog refuses the account: the number's plan is not active, or a payment is due. See the Hub.",
        },
      },
      {
        type: 'responseCode',
        properties: { value: 404, message: "There is no 360dialog API at this address. Check 'Base URL'." },
      },
    ],
  };
}
