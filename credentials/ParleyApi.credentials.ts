import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';

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
  };
}
