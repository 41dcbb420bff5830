/** One folder and one line make a feature: it hears facts, does work, speaks to sends, is asked by HTTP and forgets people. */
import { FEATURES } from '../../../service/src/features/index.ts';
import { ACCOUNT, ANA, BEN, closeApps, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { visits } from './index.ts';

afterEach(closeApps);

const wrote = async (app: App, from = ANA) => {
  await app.sandbox.customer.sends({ from, text: 'hi' });
  await app.idle();
};
const campaign = (app: App, to: string) =>
  app.send('', { to: `+${to}`, purpose: 'campaign', content: { type: 'template', name: 'news', language: 'en_US' } });

async function contactOf(app: App, to: string): Promise<string> {
  const path = `/v1/permission?channel=whatsapp&externalId=${ACCOUNT.externalId}&to=%2B${to}&kind=text`;
  return ((await app.call('GET', path)).body as { contact: { id: string } }).contact.id;
}

test('a feature is folded in by its place in the list alone', async () => {
  const app = await startApp({ features: [...FEATURES, visits] });
  app.sandbox.templates.seed({ name: 'news', category: 'MARKETING', components: [{ type: 'BODY', text: 'News' }] });
  await wrote(app);
  app.sandbox.redeliver(1);
  await wrote(app);
  const id = await contactOf(app, ANA);
  const asked = () => app.call('GET', `/v1/visits/${id}`);
  await eventually(async () => ((await asked()).body as { greeted: boolean }).greeted, 'the greeting');
  // Once for each fact, however often it was posted.
  expect(await asked()).toMatchObject({ status: 200, body: { visits: 2, greeted: true } });
  expect(await app.call('GET', `/v1/visits/${id}`, undefined, { authorization: '' })).toMatchObject({ status: 401 });
  expect(await campaign(app, ANA)).toMatchObject({
    status: 409,
    body: { code: 'heard_enough', type: 'urn:parley:problem:heard_enough' },
  });
  const described = (await app.call('GET', '/docs-json')).body;
  expect(JSON.stringify(described)).toContain('heard_enough');
  expect(await campaign(app, BEN)).toMatchObject({ status: 202 });
  expect((await app.call('GET', '/metrics')).text).toContain('parley_visits_kinds{kind="made_up"} 7');
  await wrote(app, BEN);
  const ben = `/v1/visits/${await contactOf(app, BEN)}`;
  expect(await app.call('DELETE', ben)).toMatchObject({ status: 200 });
  const visitsOfBen = async () => ((await app.call('GET', ben)).body as { visits: number }).visits;
  await eventually(async () => (await visitsOfBen()) === 0, 'the visits to be forgotten');
  expect((await app.call('DELETE', `/v1/contacts/${id}`)).status).toBe(202);
  expect((await asked()).body).toEqual({ visits: 0, greeted: false });
  await app.idle();
});

test('without its line nothing of it is there', async () => {
  const app = await startApp();
  await wrote(app);
  expect((await app.call('GET', `/v1/visits/${await contactOf(app, ANA)}`)).status).toBe(404);
});
