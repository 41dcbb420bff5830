/** From the webhook that tells a part to the workflow that takes the whole, through the whole service; on servers as well. */
import type { Page } from '../../../contract/api.ts';
import type { DeadLetter } from '../../../contract/dead-letter.ts';
import type { ParleyEvent } from '../../../contract/event.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import {
  ACCOUNT,
  ANA,
  BEN,
  closeApps,
  DAY,
  HOUR,
  MINUTE,
  sandboxSettings,
  startApp,
  type App,
} from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { postsChange, says } from '../../support/meta-messages.ts';
import { byReference } from './by-reference.ts';

const OTHER = '222';
const { provider, restore } = byReference();
let app: App;

afterEach(async () => {
  await closeApps();
  restore();
});

const begin = async () => {
  app = await startApp();
  return app.listen({ events: ['message.received'], account: undefined as never });
};
const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;
const metric = async (name: string) => {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return text.split('\n').find((line) => line.startsWith(`parley_${name}`));
};
/** Nothing of these words is anywhere in the ledger. */
const isForgotten = (...words: string[]) => words.every((word) => !JSON.stringify(app.dump()).includes(word));

test('a workflow takes the whole, in order; what waits survives a restart and is counted', async () => {
  const workflow = await begin();
  provider.isAway = true;
  await says(app, { from: ANA }, '… one');
  await says(app, { from: ANA }, 'two');
  await says(app, { from: BEN }, 'from Ben');
  expect((await workflow.took(1)).map(textOf)).toEqual(['from Ben']);
  expect(await metric('outbox_jobs{kind="complete"')).toMatch(/ 1$/);
  await app.stop();
  provider.isAway = false;
  app.clock.advance(MINUTE);
  await app.start();
  expect((await workflow.took(3)).map(textOf)).toEqual(['from Ben', 'one, the whole of it', 'two']);
  await app.idle();
  expect(await metric('outbox_jobs{kind="complete"')).toBeUndefined();
});

test('a webhook of an account that nobody had registered is replayed, and has its rest fetched', async () => {
  const workflow = await begin();
  const metadata = { display_phone_number: '1555', phone_number_id: OTHER };
  const message = { from: ANA, id: 'wamid.other', timestamp: String(app.clock.now() / 1000), type: 'text' };
  const messages = [{ ...message, text: { body: '… to the other' } }];
  await postsChange(app, 'messages', { messaging_product: 'whatsapp', metadata, messages });
  const [letter] = ((await app.call('GET', '/v1/dead-letters')).body as Page<DeadLetter>).data;
  expect(letter).toMatchObject({ type: 'unrouted', code: 'no_account' });
  app.advance(2 * DAY);
  const settings = sandboxSettings(app.sandbox, { phoneNumberId: OTHER });
  await app.call('PUT', `/v1/accounts/whatsapp/${OTHER}`, { settings });
  provider.isAway = true;
  expect((await app.call('POST', `/v1/dead-letters/${letter?.id}/replay`)).status).toBe(200);
  await app.idle();
  // The hour counts from when it could be read.
  app.advance(HOUR / 2);
  await app.idle();
  provider.isAway = false;
  app.advance(HOUR / 4);
  const [event] = await workflow.took(1);
  expect(event).toMatchObject({
    account: { externalId: OTHER },
    message: { content: { text: 'to the other, the whole of it' } },
  });
  expect(event?.message).not.toHaveProperty('incomplete');
});

test('a person is erased while the rest of what they said is fetched', async () => {
  const workflow = await begin();
  provider.isAway = true;
  await says(app, { from: ANA }, '… my card is 4111');
  await says(app, { from: ANA }, 'and the code is 987');
  const path = `/v1/contacts?channel=whatsapp&externalId=${ACCOUNT.externalId}&address=%2B${ANA}`;
  expect((await app.call('DELETE', path)).status).toBe(202);
  await app.idle();
  provider.isAway = false;
  app.advance(2 * HOUR);
  await app.idle();
  await says(app, { from: BEN }, 'from Ben');
  expect((await workflow.took(1)).map(textOf)).toEqual(['from Ben']);
  expect(isForgotten('4111', '987', ANA)).toBe(true);
});

test('an account that is deleted meanwhile has nothing told, and the rest when it is registered again', async () => {
  const workflow = await begin();
  provider.isAway = true;
  await says(app, { from: ANA }, '… one');
  await says(app, { from: ANA }, 'two');
  expect((await app.call('DELETE', `/v1/accounts/${app.account.id}`)).status).toBe(200);
  provider.isAway = false;
  app.advance(2 * HOUR);
  await app.idle();
  expect(workflow.taken()).toEqual([]);
  const settings = sandboxSettings(app.sandbox);
  await app.call('PUT', `/v1/accounts/whatsapp/${SANDBOX_DEFAULTS.phoneNumberId}`, { settings });
  app.advance(HOUR);
  expect((await workflow.took(2)).map(textOf)).toEqual(['one, the whole of it', 'two']);
});

test('nobody gets the rest: the workflow is told what the webhook told, and that it is not all', async () => {
  const workflow = await begin();
  provider.isAway = true;
  await says(app, { from: ANA }, '… one');
  await eventually(async () => {
    app.advance(5 * MINUTE);
    await app.idle();
    return workflow.taken().length > 0;
  }, 'the end of the wait');
  expect(workflow.taken()[0]?.message).toMatchObject({ content: { text: 'one' }, incomplete: true });
  expect(app.log.lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      msg: expect.stringContaining('could not be fetched'),
      kind: 'unreachable',
    }),
  );
  expect(app.log.text).not.toContain(ANA);
});
