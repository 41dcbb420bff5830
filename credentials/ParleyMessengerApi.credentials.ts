import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';
import { apiVersionOr, baseUrlOr } from './base-url.ts';
import { stopWords } from './stop-words.ts';

const HOST = 'https://graph.facebook.com';
const VERSION = 'v25.0';

/** One Facebook Page on Messenger. The names of the properties are the names of the account's settings. */
export class ParleyMessengerApi implements ICredentialType {
  name = 'parleyMessengerApi';

  displayName = 'Messenger Page API';

  icon: Icon = { light: 'file:messenger.svg', dark: 'file:messenger.dark.svg' };

  documentationUrl = 'https://developers.facebook.com/documentation/business-messaging/messenger-platform/get-started';

  properties: INodeProperties[] = [
    {
      displayName: 'Page ID',
      name: 'pageId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 1234567890',
      description:
        "The ID of the Facebook Page, not its name. On the Page: About → Page transparency → 'Page ID'; or in the Meta app dashboard: Messenger → Messenger API Settings → Generate access tokens, below the name.",
    },
    {
      displayName: 'Page Access Token',
      name: 'pageAccessToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        "In the Meta app dashboard: Messenger → Messenger API Settings → Generate access tokens → 'Generate'. It needs the permissions pages_messaging and pages_manage_metadata; for utility templates also pages_utility_messaging. A token of a system user does not end.",
    },
    {
      displayName: 'App ID',
      name: 'appId',
      type: 'string',
      default: '',
      placeholder: 'e.g. 1234567890123456',
      description:
        "In the Meta app dashboard: App settings → Basic → 'App ID'. Without it: the webhook is not set up at Meta for you.",
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
        'A word of your own choice that Meta repeats when it checks the webhook URL. Only needed when you enter the webhook by hand (Messenger → Messenger API Settings → Configure webhooks); left empty, the service makes one from the app secret.',
    },
    stopWords,
    {
      displayName: 'API Version',
      name: 'apiVersion',
      type: 'string',
      default: VERSION,
      placeholder: 'e.g. v25.0',
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
    properties: { headers: { Authorization: '=Bearer {{$credentials.pageAccessToken}}' } },
  };

  test: ICredentialTestRequest = {
    request: {
      baseURL: `={{${baseUrlOr(`"${HOST}"`)}}}/{{${apiVersionOr(VERSION)}}}`,
      url: '=/{{$credentials.pageId}}',
      method: 'GET',
      qs: { fields: 'id,name' },
    },
    rules: [
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message: 'Meta does not accept the access token: it is wrong or has ended. Generate one for the Page again.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 400,
          message:
            "Meta does not find this Page with this token. Check 'Page ID' (the ID, not the name) and that the token is of this Page.",
        },
      },
    ],
  };
}
