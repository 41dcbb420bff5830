/** A contact moves to another number: what is for them follows, and whoever gets the old number is someone else. */
import type { MessageView, Permission, SendMessage } from '../../../contract/api.ts';
import type { ParleyEvent } from '../../../contract/event.ts';
import { ANA, closeApps, MINUTE, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { posts, says, written, type MetaSender } from '../../support/meta-messages.ts';
import type { Receiver } from '../../support/receiver.ts';

afterEach(closeApps);

const NEW = '15550007777';
const textOf = ({ message }: ParleyEvent) => (message?.content as { text?: string }).text;

/** How Meta names Ana before and after, and the stranger who gets her number. */
interface Names {
  before: MetaSender;
  after: MetaSender;
  stranger: MetaSender;
}
const BY_NUMBER: Names = { before: { from: ANA }, after: { from: NEW }, stranger: { from: ANA } };
const BY_BOTH: Names = {
  before: { from: ANA, from_user_id: 'US.1001' },
  after: { from: NEW, from_user_id: 'US.1001' },
  stranger: { from: ANA, from_user_id: 'US.2002' },
};
const NAMES: [string, Names][] = [
  ['known by number', BY_NUMBER],
  ['known by number and user id', BY_BOTH],
];

interface Scene {
  app: App;
  trigger: Receiver;
  conversationId: string;
}

/** Ana wrote at `at`. */
async function known({ before }: Names, at?: number): Promise<Scene> {
  const app = await startApp({ sandbox: { recipientErrors: 'by_status', autoStatuses: [] } });
  const trigger = await app.listen();
  await says(app, before, 'hi', at);
  const [event] = await trigger.took(1);
  return { app, trigger, conversationId: event?.conversationId ?? '' };
}

const moves = (app: App, { before }: Names) =>
  posts(app, before, { type: 'system', system: { type: 'user_changed_number', wa_id: NEW, body: 'Ana moved' } });

async function permission(app: App, to: string): Promise<Permission> {
  const query = new URLSearchParams({ channel: 'whatsapp', externalId: app.account.externalId, to, kind: 'text' });
  return (await app.call('GET', `/v1/permission?${query}`)).body as Permission;
}

/** Asks for a message that the provider does not take yet. */
async function queued(app: App, to: SendMessage['to']): Promise<string> {
  app.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 30 });
  const id = await app.sent('hello', { to });
  await eventually(() => written(app).length === 1, 'the first try');
  await app.idle();
  return id;
}

async function goesOn(app: App, id: string): Promise<void> {
  app.advance(MINUTE);
  await eventually(async () => (await app.message(id)).attempts?.length === 2, 'the second try');
  await app.idle();
}

describe.each(NAMES)('a contact %s who changes the number', (_name, names) => {
  test('is written to at the new one', async () => {
    const { app, conversationId } = await known(names);
    await moves(app, names);
    // Before the send: the sandbox knows of no move, and its status says that nobody wrote from there.
    expect(await permission(app, `+${NEW}`)).toMatchObject({ allowed: true, conversationId });
    await app.sent('hello', { to: { conversationId } });
    await app.idle();
    expect(written(app)).toEqual([{ to: NEW, text: 'hello' }]);
  });

  describe.each<[string, (conversationId: string) => SendMessage['to']]>([
    ['the conversation', (conversationId) => ({ conversationId })],
    ['the old number', () => `+${ANA}`],
  ])('gets there what was for %s before', (_by, to) => {
    test('and queued', async () => {
      const { app, conversationId } = await known(names);
      const id = await queued(app, to(conversationId));
      await moves(app, names);
      await goesOn(app, id);
      expect(written(app).at(-1)).toEqual({ to: NEW, text: 'hello' });
    });

    test('and held', async () => {
      const { app, conversationId } = await known(names, Date.UTC(2025, 11, 30));
      const id = await app.sent('hello', { to: to(conversationId), ifSessionClosed: 'hold' });
      expect((await app.message(id)).status).toBe('held');
      await moves(app, names);
      await says(app, names.after, 'here I am');
      await eventually(() => written(app).length === 1, 'the send');
      expect(written(app)).toEqual([{ to: NEW, text: 'hello' }]);
    });
  });

  test('keeps the conversation; a stranger with the old number has one of their own', async () => {
    const { app, trigger, conversationId } = await known(names);
    await moves(app, names);
    await says(app, names.after, 'it is me');
    await says(app, names.stranger, 'who is this?');
    const told = await trigger.took(3);
    const [ana, stranger] = ['it is me', 'who is this?'].map((text) => told.find((event) => textOf(event) === text));
    expect(ana?.conversationId).toBe(conversationId);
    expect(stranger?.conversationId).not.toBe(conversationId);
    expect(stranger?.contact?.id).not.toBe(ana?.contact?.id);
    expect(ana?.contact?.identities).not.toContainEqual({ kind: 'phone', address: ANA });
    const { body } = await app.call('GET', `/v1/conversations/${stranger?.conversationId ?? ''}/messages`);
    expect((body as { data: MessageView[] }).data).toMatchObject([{ content: { text: 'who is this?' } }]);
    await app.sent('to the stranger', { to: `+${ANA}` });
    await app.sent('to Ana', { to: { conversationId } });
    await app.idle();
    // In whichever order: these are two conversations.
    expect(written(app)).toHaveLength(2);
    expect(written(app)).toContainEqual({ to: ANA, text: 'to the stranger' });
    expect(written(app)).toContainEqual({ to: NEW, text: 'to Ana' });
  });
});

test('whoever is known to have the number by now gets nothing that was for another, of whom the user id is known', async () => {
  const { app } = await known(BY_BOTH);
  const id = await queued(app, `+${ANA}`);
  await says(app, BY_BOTH.stranger, 'who is this?');
  await goesOn(app, id);
  expect(written(app).at(-1)).toEqual({ to: 'US.1001', text: 'hello' });
});
