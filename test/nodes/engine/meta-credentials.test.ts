/** The credentials of Messenger and Instagram: what 'Test' asks Meta, and what it says of a refusal. */
import { Workflow, type ICredentialType, type INode, type INodeTypes } from 'n8n-workflow';
import { Dialog360Api } from '../../../credentials/Dialog360Api.credentials.ts';
import { ParleyInstagramApi } from '../../../credentials/ParleyInstagramApi.credentials.ts';
import { ParleyMessengerApi } from '../../../credentials/ParleyMessengerApi.credentials.ts';
import { ParleyTwilioApi } from '../../../credentials/ParleyTwilioApi.credentials.ts';
import { WhatsAppCloudApi } from '../../../credentials/WhatsAppCloudApi.credentials.ts';
import { type ActionFixture, startActionFixture } from './action-fixture.ts';
import { META_CHANNELS } from './meta-channels.ts';

const KEY = 'action-key';
let fixture: ActionFixture;

beforeAll(async () => {
  fixture = await startActionFixture();
}, 60_000);
afterAll(async () => {
  await fixture.stop();
});
beforeEach(() => {
  fixture.reset();
});

const TOKENS = { messenger: 'pageAccessToken', instagram: 'accessToken' };
const FIELDS = { messenger: 'id,name', instagram: 'id,username' };

describe.each(META_CHANNELS)('$credential', ({ channel, credential, data, externalId }) => {
  const held = () => ({ ...data, [TOKENS[channel]]: KEY, apiVersion: 'v25.0', baseUrl: fixture.service.url });

  test('asks for the account by its ID, with its token', async () => {
    const place = `GET /v25.0/${externalId}`;
    fixture.service.answers.set(place, () => ({ body: { id: externalId } }));
    expect(await fixture.engine.testCredential(credential, held())).toMatchObject({ status: 'OK' });
    expect(fixture.service.at(place).at(-1)?.query).toEqual({ fields: FIELDS[channel] });
  });

  test.each(['/', '//', ' '])("'%s' after the base URL is no harm, as in the service", async (more) => {
    const place = `GET /v25.0/${externalId}`;
    fixture.service.answers.set(place, () => ({ body: { id: externalId } }));
    const baseUrl = `${fixture.service.url}${more}`;
    expect(await fixture.engine.testCredential(credential, { ...held(), baseUrl })).toMatchObject({ status: 'OK' });
    expect(fixture.service.at(place)).toHaveLength(1);
  });

  test('says what to do when the token is not accepted, or is of another account', async () => {
    const wrong = { ...held(), [TOKENS[channel]]: 'other' };
    expect(await fixture.engine.testCredential(credential, wrong)).toMatchObject({
      status: 'Error',
      message: expect.stringMatching(/access token: it is wrong or has ended/) as string,
    });
    fixture.service.answers.set(`GET /v25.0/${externalId}`, () => ({ status: 400 }));
    expect(await fixture.engine.testCredential(credential, held())).toMatchObject({
      status: 'Error',
      message: expect.stringMatching(/the ID, not the name/) as string,
    });
  });
});

type Tested = Pick<ICredentialType, 'test'>;

test.each<[string, Tested, object, string]>([
  ['Instagram', new ParleyInstagramApi(), { loginType: 'facebook' }, 'https://graph.facebook.com/v25.0'],
  ['Instagram', new ParleyInstagramApi(), { loginType: 'instagram' }, 'https://graph.instagram.com/v25.0'],
  [
    'Instagram',
    new ParleyInstagramApi(),
    { loginType: 'instagram', baseUrl: 'http://127.0.0.1:9/' },
    'http://127.0.0.1:9/v25.0',
  ],
  ['Messenger', new ParleyMessengerApi(), {}, 'https://graph.facebook.com/v25.0'],
  ['WhatsApp', new WhatsAppCloudApi(), { apiVersion: 'v24.0' }, 'https://graph.facebook.com/v24.0'],
  ['WhatsApp', new WhatsAppCloudApi(), {}, 'https://graph.facebook.com/v23.0'],
  ['360dialog', new Dialog360Api(), {}, 'https://waba-v2.360dialog.io'],
  ['360dialog', new Dialog360Api(), { baseUrl: 'http://127.0.0.1:9/ ' }, 'http://127.0.0.1:9'],
  ['Twilio', new ParleyTwilioApi(), {}, 'https://api.twilio.com'],
  ['Twilio', new ParleyTwilioApi(), { baseUrl: 'http://127.0.0.1:9/' }, 'http://127.0.0.1:9'],
])('%s (%#): fields that were emptied are as the service takes them', (_name, { test: asked }, change, expected) => {
  const nodeTypes = { getByNameAndVersion: () => undefined } as unknown as INodeTypes;
  const node: INode = { id: 'n', name: 'N', type: 't', typeVersion: 1, position: [0, 0], parameters: {} };
  const { expression } = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });
  const $credentials = { apiVersion: '', baseUrl: '', ...change };
  const baseURL = asked?.request.baseURL ?? '';
  expect(expression.getSimpleParameterValue(node, baseURL, 'internal', { $credentials })).toBe(expected);
});
