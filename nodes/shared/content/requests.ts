/** What a business asks for by a tap: to sign in at its own service, to open its app. For channels that have it. */
import type { INodeProperties } from 'n8n-workflow';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { headerFields, headerOf } from './header.ts';
import type { ContentKind } from './kind.ts';
import { footerField, textField } from './text.ts';

const signInFields: INodeProperties[] = [
  {
    displayName: 'Scopes',
    name: 'scopes',
    type: 'string',
    default: '',
    placeholder: 'e.g. openid, email',
    description: 'Comma-separated list of what the contact is asked to allow',
  },
  {
    displayName: 'Comes Back With',
    name: 'responseType',
    type: 'options',
    options: [
      { name: 'A Code', value: 'code', description: 'Your service exchanges it for a token' },
      { name: 'A Token', value: 'token' },
    ],
    default: 'code',
    description: "What the answer holds: 'signInCode' or 'signInToken'",
  },
  {
    displayName: 'State',
    name: 'state',
    type: 'string',
    default: '',
    placeholder: 'e.g. {{ $json.conversationId }}',
    description: "Comes back as 'signInState', to recognise the answer by",
  },
];

/** Asks the contact to sign in. */
export const authenticationRequest: ContentKind = {
  type: 'authentication_request',
  name: 'Sign-In Request',
  description: 'Asks the contact to sign in at your own service, without leaving the chat',
  fields: [textField, ...signInFields, ...headerFields, footerField],
  build: async (parameters, files) => {
    const scopes = parameters.words('scopes');
    return compact({
      type: 'authentication_request' as const,
      text: parameters.required('text', 'Text'),
      header: await headerOf(parameters, files),
      footer: parameters.optional('footer'),
      scopes: scopes.length > 0 ? scopes : undefined,
      responseType: parameters.text('responseType') === 'token' ? ('token' as const) : ('code' as const),
      state: parameters.optional('state'),
    });
  },
};

const appFields: INodeProperties[] = [
  {
    displayName: 'App ID',
    name: 'appId',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. ABCDE12345:com.example.shop.messages',
    description: "The provider's name of the app",
  },
  {
    displayName: 'App Name',
    name: 'appName',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. Example Shop',
    description: 'What the contact reads of the app',
  },
  {
    displayName: 'Given to the App',
    name: 'appUrl',
    type: 'string',
    default: '',
    required: true,
    placeholder: 'e.g. ?order=42',
    description: 'What the app is opened with',
  },
  {
    displayName: 'Store ID',
    name: 'storeId',
    type: 'string',
    default: '',
    placeholder: 'e.g. 1234567890',
    description: "The app's number in the store, for those who have not got it",
  },
  {
    displayName: 'Replaces Earlier With',
    name: 'appSession',
    type: 'string',
    default: '',
    placeholder: 'e.g. order-42',
    description: 'Messages with the same value replace each other',
  },
];

function storeOf(parameters: Parameters): number | undefined {
  const store = parameters.optionalNumber('storeId', 'Store ID');
  if (store === undefined || (Number.isSafeInteger(store) && store > 0)) return store;
  throw new ParameterError(
    `The field 'Store ID' is not a number of an app: ${store}`,
    "Give 'Store ID' the digits at the end of the app's address in the store.",
  );
}

/** Opens an app of the business in the conversation. */
export const app: ContentKind = {
  type: 'app',
  name: 'App',
  description: 'Opens an app of yours inside the chat',
  fields: [textField, ...appFields, ...headerFields, footerField],
  build: async (parameters, files) =>
    compact({
      type: 'app' as const,
      text: parameters.required('text', 'Text'),
      header: await headerOf(parameters, files),
      footer: parameters.optional('footer'),
      appId: parameters.required('appId', 'App ID').trim(),
      name: parameters.required('appName', 'App Name'),
      storeId: storeOf(parameters),
      url: parameters.required('appUrl', 'Given to the App').trim(),
      sessionId: parameters.optional('appSession'),
    }),
};
