/** Erasing a person while units of work of another process are under way: what those leave goes as well. */
import { allErasers } from '../../service/src/keeping.ts';
import { serviceClock } from '../support/service-clock.ts';
import { Eraser } from '../../service/src/maintenance/erase.ts';
import { NO_WINDOW } from '../../service/src/core/session-window.ts';
import { Outbox } from '../../service/src/outbox/outbox.ts';
import { readPayload } from '../../service/src/outbox/payload.ts';
import * as contacts from '../../service/src/store/contact.store.ts';
import * as conversations from '../../service/src/store/conversation.store.ts';
import * as events from '../../service/src/store/event.store.ts';
import { fromRow } from '../../service/src/store/job.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import * as attempts from '../../service/src/store/attempt.store.ts';
import * as messages from '../../service/src/store/message.store.ts';
import * as providerIds from '../../service/src/store/provider-id.store.ts';
import type { Tx } from '../../service/src/store/unit-of-work.ts';
import { messageRow } from '../conformance/store-messages.ts';
import { newEvent } from '../conformance/store-work.ts';
import { idleFeatures } from '../support/idle-features.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 5, 1);
const ledgers = postgresLedgers();

/** What is held up until somebody lets it go on. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

function eraserOn(ledger: Ledger, clock: ReturnType<typeof serviceClock>): Eraser {
  const outbox = new Outbox(clock, { notify: () => undefined, start: () => undefined, stop: async () => undefined });
  outbox.register([{ kind: 'maintenance' }, { kind: 'media' }]);
  const eraser = new Eraser({ ledger, outbox, clock });
  eraser.register(allErasers(ledger, idleFeatures({ outbox, clock })));
  return eraser;
}

async function know(ledger: Ledger): Promise<void> {
  await ledger.write(async (tx) => {
    await contacts.create(tx, 'con', NOW);
    const conversation = { id: 'cnv', accountId: 'acc', contactId: 'con', thread: '', owner: 'bot' as const };
    await conversations.create(tx, { ...conversation, window: NO_WINDOW }, NOW);
  });
}

const tell = (tx: Tx, id: string, conversationId: string) => {
  const { event, ...rest } = newEvent(id);
  return events.insert(tx, { ...rest, event: { ...event, conversationId } }, NOW);
};

/** All that a send leaves. */
async function send(tx: Tx): Promise<void> {
  await messages.insert(tx, messageRow('msg', { content: { type: 'text', text: 'a late word' } }));
  await messages.rememberKey(tx, 'key', 'digest', 'msg', NOW);
  await attempts.open(tx, { id: 'att', messageId: 'msg', number: 1, openedAt: NOW });
  await providerIds.add(tx, { id: 'msg', accountId: 'acc' }, ['wamid']);
  await tell(tx, 'evt late', 'cnv');
}

/** Takes steps until the erasure waits or is over. */
async function steps(ledger: Ledger, eraser: Eraser, now: number): Promise<unknown> {
  const jobs = ledger.reader.selectFrom('jobs').selectAll().where('kind', '=', 'maintenance');
  const row = await jobs.executeTakeFirstOrThrow();
  const { payload: rest } = readPayload(eraser.payload, fromRow(row));
  for (;;) {
    const progress = await ledger.write((tx) => eraser.step(tx, rest, now));
    if (progress !== 'more') return progress;
  }
}

test('a unit that read the conversation before and writes after leaves nothing', async () => {
  const [ours, theirs] = (await ledgers.openMany(2)) as [Ledger, Ledger];
  await know(ours);
  const clock = serviceClock(NOW);
  const eraser = eraserOn(ours, clock);
  const [hasRead, isErased, hasWritten, isSwept] = [gate(), gate(), gate(), gate()];
  const late = theirs.write(async (tx) => {
    const known = await conversations.find(tx.db, 'cnv');
    hasRead.open();
    await isErased.opened;
    if (known) await conversations.lockForUpdate(tx, known);
    await send(tx);
    hasWritten.open();
    await isSwept.opened;
  });
  await hasRead.opened;
  await eraser.erase('con');
  isErased.open();
  await hasWritten.opened;
  // An event with a higher number is there before the late one can be seen.
  await ours.write((tx) => tell(tx, 'evt of others', 'cnv of others'));
  expect(await steps(ours, eraser, NOW)).toEqual({ againAt: NOW + MINUTE + 1 });
  isSwept.open();
  await late;
  expect(await steps(ours, eraser, NOW + MINUTE + 1)).toBe('done');
  for (const table of ['messages', 'attempts', 'idempotency', 'messageProviderIds', 'conversations'] as const)
    expect([table, await ours.reader.selectFrom(table).selectAll().execute()]).toEqual([table, []]);
  expect(await ours.reader.selectFrom('events').select('id').execute()).toEqual([{ id: 'evt of others' }]);
});
