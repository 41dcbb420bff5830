/** News that arrives while a repeat is about to begin: what is settled is not sent again. */
import * as messages from '../../../service/src/store/message.store.ts';
import * as conversations from '../../../service/src/store/conversation.store.ts';
import type { Tx } from '../../../service/src/store/unit-of-work.ts';
import { NO_WINDOW } from '../../../service/src/core/session-window.ts';
import { ANA, closeApps, MINUTE, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

afterEach(closeApps);

/**
 * A message was tried once in vain and is due again; while the job has read it as queued and waits to open its second attempt,
 * `news` becomes true.
 */
async function meanwhile(
  news: (tx: Tx, id: string, conversationId: string) => Promise<void>,
): Promise<{ app: App; id: string }> {
  const app = await startApp();
  await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
  await app.idle();
  app.sandbox.faults.next({ kind: 'maintenance' });
  const id = await app.sent('hello');
  await eventually(async () => (await app.message(id)).attempts?.[0]?.outcome === 'unavailable', 'the first try');
  await app.idle();
  const { conversationId } = await app.message(id);
  const { ledger } = app.service;
  let release: () => void = () => undefined;
  let isBusy = false;
  const busy = ledger.write(() => {
    isBusy = true;
    return new Promise<void>((resolve) => (release = resolve));
  });
  await eventually(() => isBusy, 'the ledger to be busy');
  const told = ledger.write((tx) => news(tx, id, conversationId));
  app.advance(3 * MINUTE);
  await eventually(() => ledger.waiting >= 3, 'the job to wait for its attempt');
  release();
  await Promise.all([busy, told]);
  await app.idle();
  return { app, id };
}

const calls = (app: App) => app.sandbox.requests().filter(({ path }) => path.endsWith('/messages')).length;

test('a status that tells that the first try arrived stops the repeat', async () => {
  const { app, id } = await meanwhile((tx, message) =>
    messages.update(tx, message, { status: 'delivered', providerId: 'wamid.arrived' }),
  );
  expect(await app.message(id)).toMatchObject({ status: 'delivered', attempts: [{ outcome: 'unavailable' }] });
  expect(calls(app)).toBe(1);
  expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
});

test('a session that ended stops the repeat', async () => {
  const { app, id } = await meanwhile((tx, _message, conversation) =>
    conversations.setWindow(tx, conversation, NO_WINDOW),
  );
  expect(await app.message(id)).toMatchObject({ status: 'failed', error: { code: 'session_closed' } });
  expect(calls(app)).toBe(1);
});
