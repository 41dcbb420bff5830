/** Everything that happens besides plain messages: people who change, messages that are corrected, news of account and templates. */
import type { ParleyEvent } from '../../../contract/event.ts';
import { SANDBOX_DEFAULTS } from '../../sandbox/whatsapp/defaults.ts';
import { ANA, closeApps, startApp, type App } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

afterEach(closeApps);

const USER = 'US.13491208655302741918';
const NOW = '1767268800';
const METADATA = { display_phone_number: '15550783881', phone_number_id: SANDBOX_DEFAULTS.phoneNumberId };

const inMessages = (value: object) => ({
  field: 'messages',
  value: { messaging_product: 'whatsapp', metadata: METADATA, ...value },
});
const fromAna = (message: object) => inMessages({ messages: [{ from: ANA, timestamp: NOW, ...message }] });

describe('an event of each kind reaches the workflow that asked for it', () => {
  test.each<[ParleyEvent['type'], { field: string; value: object }, object]>([
    [
      'message.edited',
      fromAna({
        id: 'wamid.2',
        type: 'edit',
        edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'hi there' } } },
      }),
      { message: { providerMessageId: 'wamid.1', content: { type: 'text', text: 'hi there' } } },
    ],
    [
      'message.deleted',
      fromAna({ id: 'wamid.3', type: 'revoke', revoke: { original_message_id: 'wamid.1' } }),
      { data: { providerMessageId: 'wamid.1', messageId: expect.stringMatching(/^msg_/) } },
    ],
    [
      'message.echo',
      {
        field: 'smb_message_echoes',
        value: {
          metadata: METADATA,
          message_echoes: [
            {
              from: '15550783881',
              to: ANA,
              id: 'wamid.4',
              timestamp: NOW,
              type: 'text',
              text: { body: 'from my phone' },
            },
          ],
        },
      },
      { echo: { providerMessageId: 'wamid.4', content: { text: 'from my phone' } } },
    ],
    [
      'contact.preference',
      {
        field: 'user_preferences',
        value: {
          metadata: METADATA,
          user_preferences: [{ wa_id: ANA, category: 'marketing_messages', value: 'stop', timestamp: Number(NOW) }],
        },
      },
      { data: { value: 'stop' } },
    ],
    [
      'contact.identity_changed',
      fromAna({ id: 'wamid.5', type: 'system', system: { type: 'user_changed_number', wa_id: '15550009999' } }),
      { contact: { identities: expect.arrayContaining([{ kind: 'phone', address: '15550009999' }]) } },
    ],
    [
      'template.status',
      {
        field: 'message_template_status_update',
        value: { event: 'REJECTED', message_template_id: 9, message_template_name: 'news', reason: 'INVALID_FORMAT' },
      },
      { data: { name: 'news' } },
    ],
    ['account.alert', { field: 'account_alerts', value: { alert_severity: 'CRITICAL', alert_type: 'X' } }, {}],
    [
      'call',
      {
        field: 'calls',
        value: { metadata: METADATA, calls: [{ id: 'wacid.1', from: ANA, event: 'connect', timestamp: NOW }] },
      },
      { session: { open: true } },
    ],
    ['unsupported', { field: 'history', value: { metadata: METADATA } }, { data: { field: 'history' } }],
  ])('%s', async (type, change, expected) => {
    const app = await startApp();
    await app.sandbox.customer.sends({ from: ANA, id: 'wamid.1', text: 'hi' });
    await app.idle();
    const [workflow, other] = [await app.listen({ events: [type] }), await app.listen()];
    await app.sandbox.webhooks.emit(change, SANDBOX_DEFAULTS.phoneNumberId)?.done;
    await app.sandbox.webhooks.emit(change, SANDBOX_DEFAULTS.phoneNumberId)?.done;
    const [event] = await workflow.took(1);
    expect(event).toMatchObject({ type, account: { id: app.account.id }, ...expected });
    await app.idle();
    expect(workflow.taken()).toHaveLength(1);
    expect(other.deliveries).toEqual([]);
  });
});

test('a message that was taken back is forgotten here as well', async () => {
  const app = await startApp();
  const workflow = await app.listen({ events: ['message.received', 'message.deleted'] });
  await app.sandbox.customer.sends({ from: ANA, id: 'wamid.1', text: 'my PIN is 4711' });
  const messageId = (await workflow.took(1))[0]?.message?.id ?? '';
  app.sandbox.webhooks.emit(fromAna({ id: 'wamid.2', type: 'revoke', revoke: { original_message_id: 'wamid.1' } }));
  await workflow.took(2);
  expect(await app.message(messageId)).toMatchObject({ content: { type: 'unsupported' } });
  expect(JSON.stringify(app.rows('SELECT * FROM messages'))).not.toContain('4711');
});

describe('people', () => {
  test('known by their user id only are heard, answered and asked about', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: USER, name: 'Noor', username: 'noor', text: 'hi' });
    const [event] = await workflow.took(1);
    expect(event?.contact).toMatchObject({
      name: 'Noor',
      username: 'noor',
      identities: [{ kind: 'user_id', address: USER }],
    });
    await app.reaches(await app.sent('hello', { to: USER }), 'read');
    await app.reaches(await app.sent('hello', { to: { conversationId: event?.conversationId ?? '' } }), 'read');
    expect(app.sandbox.listReceivedMessages().map(({ to }) => to.userId)).toEqual([USER, USER]);
  });

  test('who were written to by number first and answer under both names are one contact', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    const held = await app.send('hello', { ifSessionClosed: 'hold' });
    const { id, conversationId } = held.body as { id: string; conversationId: string };
    await app.sandbox.customer.sends({ from: { waId: ANA, userId: USER }, text: 'hi' });
    const [event] = await workflow.took(1);
    expect(event).toMatchObject({ conversationId });
    expect(event?.contact?.identities).toHaveLength(2);
    await app.reaches(id, 'read');
    expect(app.rows('SELECT * FROM contacts')).toHaveLength(1);
  });

  test('who turn out to be one: the conversation goes on, with what was held', async () => {
    const app = await startApp();
    const workflow = await app.listen();
    await app.sandbox.customer.sends({ from: USER, text: 'hi' });
    const [byUser] = await workflow.took(1);
    const held = await app.sent('hello', { ifSessionClosed: 'hold' });
    await app.sandbox.customer.sends({ from: { waId: ANA, userId: USER }, text: 'me' });
    const [, byBoth] = await workflow.took(2);
    expect(byBoth?.conversationId).toBe(byUser?.conversationId);
    expect(byBoth?.contact?.identities).toHaveLength(2);
    expect(await app.reaches(held, 'read')).toMatchObject({ conversationId: byUser?.conversationId });
    expect(app.rows('SELECT * FROM conversations WHERE merged_into IS NULL')).toHaveLength(1);
  });
});

describe('an account that is deleted', () => {
  async function deletedWith(send: (app: App) => Promise<string>): Promise<{ app: App; id: string }> {
    const app = await startApp();
    await app.sandbox.customer.sends({ from: ANA, text: 'hi' });
    await app.idle();
    const id = await send(app);
    await app.call('DELETE', `/v1/accounts/${app.account.id}`);
    return { app, id };
  }

  test('fails what was still to be sent through it', async () => {
    const { app, id } = await deletedWith(async (one) => {
      one.sandbox.faults.next({ kind: 'throttled', retryAfterSeconds: 60 });
      const message = await one.sent('hello');
      await eventually(() => one.sandbox.faults.pending() === 0, 'the first try');
      await one.idle();
      return message;
    });
    app.advance(80_000);
    expect(await app.reaches(id, 'failed')).toMatchObject({ error: { code: 'settings' } });
    expect(app.rows("SELECT * FROM jobs WHERE kind <> 'maintenance'")).toEqual([]);
  });

  test('leaves no message open: what nobody can settle any more is unknown', async () => {
    const { app, id } = await deletedWith(async (one) => {
      one.sandbox.settings.autoStatuses = [];
      one.sandbox.faults.next({ kind: 'answer_dropped' });
      const message = await one.sent('hello');
      await one.reaches(message, 'uncertain');
      return message;
    });
    app.advance(60 * 60_000);
    await app.reaches(id, 'unknown');
  });
});
