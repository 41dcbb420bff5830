/** The credentials of Messenger and Instagram: what 'Test' asks Meta, and what it says of a refusal. */
import { Workflow, type INode, type INodeTypes } from 'n8n-workflow';
import { ParleyInstagramApi } from '../../../credentials/ParleyInstagramApi.credentials.ts';
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

test.each([
  [{ loginType: 'facebook', baseUrl: '' }, 'https://graph.facebook.com/v25.0'],
  [{ loginType: 'instagram', baseUrl: '' }, 'https://graph.instagram.com/v25.0'],
  [{ loginType: 'instagram', baseUrl: 'http://127.0.0.1:9' }, 'http://127.0.0.1:9/v25.0'],
])("Instagram's host for %j is %s", (credentials, expected) => {
  const nodeTypes = { getByNameAndVersion: () => undefined } as unknown as INodeTypes;
  const node: INode = { id: 'n', name: 'N', type: 't', typeVersion: 1, position: [0, 0], parameters: {} };
  const { expression } = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });
  const { baseURL } = new ParleyInstagramApi().test.request;
  const $credentials = { ...credentials, apiVersion: 'v25.0' };
  expect(expression.getSimpleParameterValue(node, baseURL, 'internal', { $credentials })).toBe(expected);
});
