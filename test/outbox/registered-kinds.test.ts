/** The kinds of jobs are those that have a handler. */
import { systemClock } from '../../service/src/core/clock.ts';
import { Outbox } from '../../service/src/outbox/outbox.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

const open = tempLedgers();
const driver = { notify: () => undefined, start: () => undefined, stop: async () => undefined };

test('two handlers of one kind are refused', () => {
  const outbox = new Outbox(systemClock, driver);
  outbox.register([{ kind: 'send' }, { kind: 'reminder' }]);
  expect(() => outbox.register([{ kind: 'reminder' }])).toThrow("the kind 'reminder'");
});

test('a job that nobody would do is not promised', async () => {
  const ledger = await open();
  const outbox = new Outbox(systemClock, driver);
  outbox.register([{ kind: 'send' }]);
  const promised = ledger.write((tx) => outbox.enqueue(tx, { kind: 'reminder', payload: {} }));
  await expect(promised).rejects.toThrow("the kind 'reminder'");
});
