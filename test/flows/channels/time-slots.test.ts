/** Times are offered and chosen on every channel, whatever it shows them as. */
import type { ConversationView, SendAccepted } from '../../../contract/api.ts';
import { slotButtons } from '../../../service/src/core/time-slots.ts';
import { closeApps, closing, startApp } from '../../support/app.ts';
import { CHANNELS, type ChannelUnderTest } from '../../support/customers.ts';
import { eventually } from '../../support/eventually.ts';

afterEach(closeApps);

const PICKER = {
  type: 'time_picker' as const,
  text: 'When shall we come?',
  slots: [
    { id: 'early', startsAt: '2027-03-01T08:00:00Z', durationMs: 3_600_000 },
    { id: 'late', startsAt: '2027-03-01T16:30:00+01:00', durationMs: 1_800_000 },
  ],
  timeZone: 'Europe/Berlin',
  locale: 'de',
};

async function scene(channel: string, start: ChannelUnderTest['start']) {
  const app = await startApp({ registered: false });
  const provider = await start(app.clock);
  closing(provider.close);
  const { customer, externalId, settings, subscribe } = provider;
  const account = await app.call('PUT', `/v1/accounts/${channel}/${encodeURIComponent(externalId)}`, { settings });
  expect(account.status).toBe(201);
  subscribe((account.body as { webhookUrl: string }).webhookUrl);
  const workflow = await app.listen({ account: { channel, externalId } });
  await customer.write('I need an appointment');
  await workflow.took(1);
  const { data } = (await app.call('GET', '/v1/conversations')).body as { data: ConversationView[] };
  return { app, customer, workflow, conversationId: data[0]?.id ?? '' };
}

test.each(CHANNELS)('$channel', async ({ channel, start }) => {
  const { app, customer, workflow, conversationId } = await scene(channel, start);
  const before = customer.read().length;
  const answer = await app.call(
    'POST',
    '/v1/messages',
    { to: { conversationId }, content: PICKER },
    { 'idempotency-key': 'times' },
  );
  expect(answer.status).toBe(202);
  await eventually(() => Promise.resolve(customer.read().length > before), 'the times on the phone');
  const { sentAs } = answer.body as SendAccepted;
  const shown = slotButtons(PICKER)[1];
  await customer.choose(sentAs === undefined ? 'late' : (shown?.id ?? ''), shown?.title ?? '');
  const [, chosen] = await workflow.took(2);
  const slot = { type: 'time_slot', slotId: 'late', startsAt: '2027-03-01T15:30:00.000Z', durationMs: 1_800_000 };
  expect(chosen?.message?.content).toMatchObject(slot);
});
