import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';

const NOT_THE_SERVICE =
  "Something answers at this URL, but it is not the Parley service. Check the address and the port of 'Service URL'.";

/** Where the Parley service is, and the key it lets n8n in with. */
export class ParleyApi implements ICredentialType {
  name = 'parleyApi';

  displayName = 'Parley API';

  icon: Icon = { light: 'file:parley.svg', dark: 'file:parley.dark.svg' };

  documentationUrl = 'https://github.com/parley-messaging/n8n-nodes-parley#credentials';

  properties: INodeProperties[] = [
    {
      displayName: 'Service URL',
      name: 'url',
      type: 'string',
      default: 'http://127.0.0.1:3000',
      placeholder: 'e.g. http://parley:3000',
      required: true,
      description:
        "Where n8n reaches the Parley service. Start it with 'npm start'. When n8n runs in a container, 127.0.0.1 is the container itself: use the name or address of the machine that runs the service.",
    },
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        'The PARLEY_API_KEY of the service. If you set none, the service made one when it first started and printed the file it is in.',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
  };

  test: ICredentialTestRequest = {
    request: { baseURL: '={{$credentials.url.replace(/\\/+$/, "")}}', url: '/v1/accounts', method: 'GET' },
    // n8n applies rules of both types; its type knows lists of one only.
    rules: [
      {
        type: 'responseCode',
        properties: {
          value: 401,
          message:
            "The service is there, but does not accept this API key. It is 'PARLEY_API_KEY', or in the file 'api-key' of the service's data folder.",
        },
      },
      { type: 'responseCode', properties: { value: 404, message: NOT_THE_SERVICE } },
      // Many servers answer any address with a page, n8n itself among them.
      { type: 'responseSuccessBody', properties: { key: 'data', value: undefined, message: NOT_THE_SERVICE } },
    ] as ICredentialTestRequest['rules'],
  };
}
