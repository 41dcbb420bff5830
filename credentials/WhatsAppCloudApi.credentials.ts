import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';
import { apiVersionOr, baseUrlOr } from './base-url.ts';
import { stopWords } from './stop-words.ts';
import { defaultCountry } from './default-country.ts';

const HOST = 'https://graph.facebook.com';
const VERSION = 'v23.0';

const NUMBER_FIELDS = 'id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status';

/** One WhatsApp phone number on Meta's Cloud API. The names of the properties are the names of the account's settings. */
export class WhatsAppCloudApi implements ICredentialType {
  name = 'whatsAppCloudApi';

  displayName = 'WhatsApp Cloud API';

  icon: Icon = { light: 'file:whatsAppCloud.svg', dark: 'file:whatsAppCloud.dark.svg' };

  documentationUrl = 'https://developers.facebook.com/documentation/business-messaging/whatsapp/get-started';

  properties: INodeProperties[] = [
    {
      displayName: 'Access Token',
      name: 'accessToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        "A system user's token. In Meta Business Suite: Settings → Users → System users → Generate token, with the permissions whatsapp_business_messaging and whatsapp_business_management. The token shown on the 'API Setup' page ends after a day.",
    },
    {
      displayName: 'Phone Number ID',
      name: 'phoneNumberId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 106540352242922',
      description:
        "The ID of the number, not the number itself. In the Meta app dashboard: WhatsApp → API Setup → 'Phone number ID'.",
    },
    {
      displayName: 'WhatsApp Business Account ID',
      name: 'wabaId',
      type: 'string',
      default: '',
      placeholder: 'e.g. 102290129340398',
      description:
        "In the Meta app dashboard: WhatsApp → API Setup → 'WhatsApp Business Account ID'. Without it: no templates, and incoming messages are not subscribed for you.",
    },
    {
      displayName: 'App ID',
      name: 'appId',
      type: 'string',
      default: '',
      placeholder: 'e.g. 1234567890123456',
      description:
        "In the Meta app dashboard: App settings → Basic → 'App ID'. Without it: the webhook is not set up at Meta for you, and templates cannot have a header file.",
    },
    {
      displayName: 'App Secret',
      name: 'appSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        "In the Meta app dashboard: App settings → Basic → 'App secret'. Every incoming webhook is checked with it. Without it: no incoming messages and no delivery statuses. While you rotate it, give both, separated by a comma.",
    },
    {
      displayName: 'Verify Token',
      name: 'verifyToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        'A word of your own choice that Meta repeats when it checks the webhook URL. Only needed when you enter the webhook by hand (WhatsApp → Configuration); left empty, the service makes one from the app secret.',
    },
    defaultCountry,
    stopWords,
    {
      displayName: 'API Version',
      name: 'apiVersion',
      type: 'string',
      default: VERSION,
      placeholder: 'e.g. v23.0',
      description: 'The version of the Graph API',
    },
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: HOST,
      placeholder: 'e.g. https://graph.facebook.com',
      description: 'Change it only to put a test server in the place of the Graph API',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{$credentials.accessToken}}' } },
  };

  test: ICredentialTestRequest = {
    request: {
      baseURL: `={{${baseUrlOr(`"${HOST}"`)}}}/{{${apiVersionOr(VERSION)}}}`,
      url: '=/{{$credentials.phoneNumberId}}',
      method: 'GET',
      qs: { fields: NUMBER_FIELDS },
    },
    rules: [
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message: 'Meta does not accept the access token: it is wrong or has ended. Generate one for a system user.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 400,
          message:
            "Meta does not find this phone number with this token. Check 'Phone Number ID' (the ID, not the number) and the token's permissions.",
        },
      },
    ],
  };
}
