import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';
import { apiVersionOr, baseUrlOr } from './base-url.ts';
import { stopWords } from './stop-words.ts';

/** Meta's host for the log-in. */
const HOST = '($credentials.loginType === "instagram" ? "https://graph.instagram.com" : "https://graph.facebook.com")';
const VERSION = 'v25.0';

/** One professional Instagram account. The names of the properties are the names of the account's settings. */
export class ParleyInstagramApi implements ICredentialType {
  name = 'parleyInstagramApi';

  displayName = 'Instagram Messaging API';

  icon: Icon = { light: 'file:instagram.svg', dark: 'file:instagram.dark.svg' };

  documentationUrl = 'https://developers.facebook.com/documentation/business-messaging/instagram-messaging/get-started';

  properties: INodeProperties[] = [
    {
      displayName: 'Login Type',
      name: 'loginType',
      type: 'options',
      options: [
        {
          name: 'Facebook Login',
          value: 'facebook',
          description: 'The account is linked to a Facebook Page, and the token is of the Page',
        },
        { name: 'Instagram Login', value: 'instagram', description: 'The token is of the Instagram account itself' },
      ],
      default: 'facebook',
      description:
        "How the app reaches the account. In the Meta app dashboard the app has either 'Instagram → API setup with Facebook login' or '… with Instagram login'.",
    },
    {
      displayName: 'Instagram Account ID',
      name: 'igUserId',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'e.g. 17841400000000000',
      description:
        "The ID of the professional account, not its name. In the Meta app dashboard: Instagram → API setup → Generate access tokens, below the account's name; with Facebook login also Business settings → Accounts → Instagram accounts.",
    },
    {
      displayName: 'Page ID',
      name: 'pageId',
      type: 'string',
      default: '',
      required: true,
      displayOptions: { show: { loginType: ['facebook'] } },
      placeholder: 'e.g. 1234567890',
      description:
        "The Facebook Page that the account is linked to. On the Page: About → Page transparency → 'Page ID'.",
    },
    {
      displayName: 'Access Token',
      name: 'accessToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        "In the Meta app dashboard: Instagram → API setup → Generate access tokens. With Facebook login: the Page's token with instagram_basic, instagram_manage_messages and pages_manage_metadata. With Instagram login: the account's token with instagram_business_basic and instagram_business_manage_messages, which ends after 60 days.",
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
        "In the Meta app dashboard: App settings → Basic → 'App secret'; with Instagram login give it and, separated by a comma, 'Instagram app secret' of Instagram → API setup. Every incoming webhook is checked with them. Without any: no incoming messages and no read marks. While you rotate one, add the new one.",
    },
    {
      displayName: 'Verify Token',
      name: 'verifyToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        'A word of your own choice that Meta repeats when it checks the webhook URL. Only needed when you enter the webhook by hand (Instagram → API setup → Configure webhooks); left empty, the service makes one from the app secret.',
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
      default: '',
      placeholder: 'e.g. https://graph.instagram.com',
      description:
        "Give it only to put a test server in the place of the Graph API. Empty: Meta's host for the log-in.",
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{$credentials.accessToken}}' } },
  };

  test: ICredentialTestRequest = {
    request: {
      baseURL: `={{${baseUrlOr(HOST)}}}/{{${apiVersionOr(VERSION)}}}`,
      url: '=/{{$credentials.igUserId}}',
      method: 'GET',
      qs: { fields: 'id,username' },
    },
    rules: [
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message: 'Meta does not accept the access token: it is wrong or has ended. Generate one again.',
        },
      },
      {
        type: 'responseCode',
        properties: {
          value: 400,
          message:
            "Meta does not find this account with this token. Check 'Instagram Account ID' (the ID, not the name), 'Login Type' and the token's permissions.",
        },
      },
    ],
  };
}
