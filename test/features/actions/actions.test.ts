/** What only one provider has: which actions an account lists, and what is asked before one runs. */
import { Actions } from '../../../service/src/features/actions/actions.ts';
import { CREDENTIAL as PAGE, PAGE_ID } from '../../channels/messenger/support.ts';
import { CREDENTIAL as NUMBER, PHONE_ID } from '../../channels/whatsapp/support.ts';
import { alwaysAnswering, json } from '../../conformance/fake-io.ts';
import { accountOf, accountsOf } from '../../support/accounts-of.ts';

const WITH = { channel: 'messenger', externalId: PAGE_ID };
const WITHOUT = { channel: 'whatsapp', externalId: PHONE_ID };
const { io, requests } = alwaysAnswering(json(200, { id: '4711' }));
const accounts = accountsOf(accountOf('messenger', PAGE), accountOf('whatsapp', NUMBER));
const actions = new Actions({ accounts, io });
const persona = { name: 'Ana', imageUrl: 'https://a.example/a.png' };

beforeEach(() => void requests.splice(0));

test('each is listed with whether it changes something, and with a schema of its input that names no dialect', async () => {
  const listed = await actions.list(WITH);
  expect(listed.find(({ name }) => name === 'persona.create')).toMatchObject({
    changes: true,
    input: { type: 'object', required: ['name', 'imageUrl'], additionalProperties: false },
  });
  expect(listed.find(({ name }) => name === 'link.make')).toMatchObject({ changes: false });
  for (const { input } of listed) expect(input).not.toHaveProperty('$schema');
  expect(await actions.list(WITHOUT)).toEqual([]);
});

test('one runs once, with the settings of the account, and answers what the provider tells', async () => {
  expect(await actions.run(WITH, 'persona.create', persona)).toEqual({ id: '4711' });
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ method: 'POST', json: { name: 'Ana' } });
});

test.each([
  ['a name that the channel lacks', WITH, 'persona.paint', {}, 404, 'not_found', /persona\.create/],
  ['a name that every object has', WITH, 'constructor', {}, 404, 'not_found', /persona\.create/],
  ['a channel without actions', WITHOUT, 'persona.create', persona, 404, 'not_found', /It has none/],
  ['an input that lacks something', WITH, 'persona.create', { name: 'Ana' }, 400, 'invalid_request', /imageUrl/],
  ['an input with more', WITH, 'persona.create', { ...persona, colour: 'red' }, 400, 'invalid_request', /colour/],
  ['no account', { ...WITH, externalId: '1' }, 'persona.create', persona, 409, 'account_required', /account/],
])('%s is refused, and the provider is not called', async (_name, ref, name, input, status, code, message) => {
  const refused = actions.run(ref, name, input);
  await expect(refused).rejects.toMatchObject({ status, code, message: expect.stringMatching(message) });
  expect(requests).toEqual([]);
});
